/** What browsers and screen readers call a language of ours (BCP 47): Hinglish is Hindi in Latin letters. */
export function languageTag(language: string | null | undefined): string | undefined {
  return language === 'hinglish' ? 'hi-Latn' : (language ?? undefined)
}
