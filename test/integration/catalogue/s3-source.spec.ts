import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readS3 } from '../../../src/catalogue/bucket/s3-source.js';
import { describeWithMoto, MotoServer } from '../../support/moto-server.js';

const REGION = 'us-west-2';
const ENVIRONMENT = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

describeWithMoto('the bucket of the old system in S3', () => {
  const before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await MotoServer.start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
    });
    const client = new S3Client({ region: REGION, forcePathStyle: true });
    const configuration = { LocationConstraint: REGION } as const;
    await client.send(new CreateBucketCommand({ Bucket: 'sliderule', CreateBucketConfiguration: configuration }));
    for (const [key, text] of Object.entries(OBJECTS))
      await client.send(
        new PutObjectCommand({ Bucket: 'sliderule', Key: key, Body: text, ContentLength: Buffer.byteLength(text) }),
      );
    client.destroy();
  }, 60_000);
  afterAll(async () => {
    for (const name of ENVIRONMENT) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await moto.stop();
  });

  const OBJECTS = {
    'prov-sys/cluster_tf_versions/latest/main.tf': '',
    'prov-sys/cluster_tf_versions/latest/sliderule-asg-aarch64.tf.OPTION': '',
    'prov-sys/cluster_tf_versions/v3/': '',
    'prov-sys/cluster_tf_versions/v3/OrgsPermitted.json': '["lab"]',
    'prov-sys/cluster_tf_versions/v4/main.tf': '',
    'prov-sys/other/v5/main.tf': '',
  };

  it('is read page by page, from where the SDK is told to look', async () => {
    const location = { bucket: 'sliderule', prefix: 'prov-sys/cluster_tf_versions/', region: REGION };
    const found = await readS3(location, 2);
    expect(found.keys).toEqual([
      ...['latest/main.tf', 'latest/sliderule-asg-aarch64.tf.OPTION', 'v3/', 'v3/OrgsPermitted.json', 'v4/main.tf'],
    ]);
    expect([...found.contents]).toEqual([['v3/OrgsPermitted.json', { text: '["lab"]' }]]);
    expect(await readS3(location)).toEqual(found);
  });

  it('says what to do when it cannot be listed', async () => {
    const missing = readS3({ bucket: 'nowhere', prefix: '', region: REGION });
    await expect(missing).rejects.toMatchObject({ code: 'catalogue.bucket_unreadable' });
    await expect(missing).rejects.toThrow(/s3:\/\/nowhere\/ cannot be listed: .*Check the names/);
  });
});
