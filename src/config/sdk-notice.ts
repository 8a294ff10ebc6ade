/**
 * Keeps the AWS SDK from telling operators, at each command, which Node its later releases will need. Those installed are
 * in package-lock.json, and `engines` of package.json says which Node they work with.
 */
export function silenceSdkNotice(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
