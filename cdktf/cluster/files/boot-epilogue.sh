
# Containers of this project keep their environment over reboots, so no secret has to be left in a file.
retry compose pull --quiet
compose up --detach
