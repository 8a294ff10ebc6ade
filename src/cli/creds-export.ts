export const EXPORT_FORMATS = ['env', 'json', 'process'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Exported {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: Date;
}

/** A session as other programs read it: lines for a shell, an object, or the answer of a `credential_process`. */
export function exportedSession(session: Exported, format: ExportFormat): string {
  const { accessKeyId, secretAccessKey, sessionToken } = session;
  const expiration = session.expiresAt.toISOString();
  switch (format) {
    case 'env':
      return [
        `export AWS_ACCESS_KEY_ID='${accessKeyId}'`,
        `export AWS_SECRET_ACCESS_KEY='${secretAccessKey}'`,
        `export AWS_SESSION_TOKEN='${sessionToken}'`,
        `export AWS_CREDENTIAL_EXPIRATION='${expiration}'`,
      ].join('\n');
    case 'json':
      return JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, expiration });
    case 'process':
      return JSON.stringify({
        ...{ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey },
        ...{ SessionToken: sessionToken, Expiration: expiration },
      });
  }
}
