import { jest } from '@jest/globals';
import { type ServiceInputs } from '../../../cdktf/service/service-inputs.js';
import { synthesiseService } from '../../../cdktf/service/service-stack.js';
import { AwsSimulator, describeWithAwsSimulator } from '../../support/aws-simulator.js';
import { serviceInputs } from '../../support/service-inputs.js';
import { TerraformDirectory } from '../../support/terraform-directory.js';

const PASSWORD = 'password-of-the-database';

/** Several Terraform commands a test, each of which starts a provider. */
jest.setTimeout(180_000);

describeWithAwsSimulator('the stack of the service itself', () => {
  let aws: AwsSimulator;
  let terraform: TerraformDirectory;

  function configure(inputs: ServiceInputs): void {
    terraform.write('cdk.tf.json', synthesiseService(inputs));
  }

  beforeEach(() => {
    aws = AwsSimulator.start();
    terraform = new TerraformDirectory(aws.environment);
    terraform.write('terraform.tfvars.json', JSON.stringify({ database_password: PASSWORD }));
  });
  afterEach(() => {
    terraform.remove();
    aws.stop();
  });

  it('is valid, is built, and a second plan is empty', async () => {
    configure(serviceInputs());
    await terraform.init();
    await terraform.must('validate');
    await terraform.apply();
    expect((await terraform.plan()).code).toBe(0);
    expect(await terraform.outputs()).toMatchObject({ url: 'https://ps.example.org', ecs_cluster: 'ps-example' });
    expect(terraform.state()).not.toContain(PASSWORD);
  });
});
