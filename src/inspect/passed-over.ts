const passedOver =
  /^\/usr\/(?:share\/(?:doc|man|info|locale|zoneinfo|i18n|terminfo|icons|fonts|perl|ca-certificates)|lib\/(?:locale|gconv))\//;

/** Prose and translations, of which every image has thousands of files and none a secret of anyone. */
export function isPassedOver(path: string): boolean {
  return passedOver.test(path);
}
