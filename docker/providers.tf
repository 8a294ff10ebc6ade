# The providers of the image. Runs in it download nothing, so whatever a stack requires must be here: the version
# is the one the bindings in package.json were made of, and a test holds the two together.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
  }
}
