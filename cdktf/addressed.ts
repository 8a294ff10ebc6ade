import { type TerraformElement } from 'cdktf';

/**
 * Makes an element whose Terraform address ends in `name`. By default cdktf adds the names of the enclosing constructs
 * and a hash, and a deployed cluster under another address would be built anew.
 *
 * @param name also the construct's id, unless `make` chooses another one, as two types with the same name must
 */
export function addressed<Element extends TerraformElement>(name: string, make: (id: string) => Element): Element {
  const element = make(name);
  element.overrideLogicalId(name);
  return element;
}
