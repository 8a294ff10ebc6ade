import { hasMoto, Moto } from '../../support/moto.mjs';

const BUCKET = 'sliderule';
const REGION = 'us-west-2';

/** A bucket for states, as moto pretends it on this machine. */
export class MotoBucket {
  constructor(moto) {
    this.moto = moto;
  }

  /** Null where moto_server is not on the PATH. */
  static async start() {
    if (!hasMoto) return null;
    const moto = await Moto.start();
    await makeBucket(moto.endpoint);
    return new MotoBucket(moto);
  }

  /** What Terraform needs besides its keys to reach it. */
  get environment() {
    const { endpoint } = this.moto;
    return { AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL_STS: endpoint };
  }

  /**
   * A file beside the configuration that puts the state where clusters of the old system have theirs (workspaces below a
   * prefix, no lock).
   */
  backend() {
    const s3 = {
      bucket: BUCKET,
      key: 'tf-states/cluster.tfstate',
      workspace_key_prefix: 'tf-workspaces',
      region: REGION,
    };
    return JSON.stringify({ terraform: { backend: { s3: { ...s3, use_path_style: true } } } });
  }

  stop() {
    return this.moto.stop();
  }
}

async function makeBucket(endpoint) {
  const body = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const { ok, status } = await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT', body, headers: { authorization } });
  if (!ok) throw new Error(`moto_server answered ${status} when a bucket was to be made.`);
}
