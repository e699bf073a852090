import { createI18n } from 'vue-i18n'
import { setApiLanguage } from '../api/client'
import en from './en'
import zh from './zh'

export type Lang = 'zh' | 'en'
const KEY = 'kechuang.lang'

function stored(): Lang {
  const kept = localStorage.getItem(KEY)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh'
}

export const i18n = createI18n({ legacy: false, locale: stored(), fallbackLocale: 'zh', messages: { zh, en } })
setApiLanguage(i18n.global.locale.value)

export function setLang(lang: Lang): void {
  i18n.global.locale.value = lang
  localStorage.setItem(KEY, lang)
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  setApiLanguage(lang)
}
