/** Texts: English is part of the first load, other languages come when they are chosen. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en'

export const languages = { en: 'English', hi: 'हिन्दी' } as const
export type Language = keyof typeof languages

const storageKey = 'caly.language'

const loaders: Record<Exclude<Language, 'en'>, () => Promise<object>> = {
  hi: () => import('./hi').then((m) => m.hi),
}

function wanted(): Language {
  const saved = localStorage.getItem(storageKey) ?? navigator.language.slice(0, 2)
  return saved in languages ? (saved as Language) : 'en'
}

export async function setLanguage(language: Language) {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await loaders[language]())
  await i18next.changeLanguage(language)
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language
}

export async function startI18n() {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0])
  // A language that cannot be loaded now leaves English, it does not stop the start.
  await setLanguage(wanted()).catch(() => {})
}
