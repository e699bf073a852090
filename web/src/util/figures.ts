// Figures arrive as exact decimal texts and are shown from the text: nothing is computed in binary.

/** "1234567.5" → "1,234,567.5"; fixed digits when asked for (cut, never rounded up: the server rounds). */
export function grouped(value: string | null | undefined, digits?: number): string {
  if (value === null || value === undefined || value === '') return '—'
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value)
  if (!match) return value
  const [, sign, whole, fraction = ''] = match
  const shown = digits === undefined ? fraction : fraction.slice(0, digits).padEnd(digits, '0')
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (shown ? `.${shown}` : '')
}

/** Moves the point to the left: ("123456", 4) → "12.3456". */
export function shifted(value: string, places: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value)
  if (!match || places <= 0) return value
  const [, sign, whole, fraction = ''] = match
  const padded = whole.padStart(places + 1, '0')
  const cut = padded.length - places
  const tail = (padded.slice(cut) + fraction).replace(/0+$/, '')
  return sign + padded.slice(0, cut).replace(/^0+(?=\d)/, '') + (tail ? `.${tail}` : '')
}

/** Yuan as people read large sums: 万元 or 亿元 in Chinese, million in English. */
export function money(yuan: string | null | undefined, lang: string): string {
  if (yuan === null || yuan === undefined || yuan === '') return '—'
  const digits = yuan.replace(/^-/, '').split('.')[0].length
  if (lang === 'en') return digits > 6 ? `${grouped(shifted(yuan, 6), 2)} million` : grouped(yuan, 2)
  if (digits > 8) return `${grouped(shifted(yuan, 8), 2)} 亿元`
  if (digits > 4) return `${grouped(shifted(yuan, 4), 2)} 万元`
  return `${grouped(yuan, 2)} 元`
}

const powers: [string, number][] = [['万亿', 12], ['千亿', 11], ['百亿', 10], ['十亿', 9], ['亿', 8], ['千万', 7], ['百万', 6], ['十万', 5], ['万', 4], ['千', 3], ['百', 2]]
/** A figure kept in one unit, as it is filled in: ("12345678", "元", "万元") → "1234.5678"; nothing → "". */
export function inMeasure(value: string | null | undefined, unit: string, measure: string): string {
  if (value === null || value === undefined) return ''
  const power = measure === unit ? undefined : powers.find(([word]) => measure === word + unit)
  return power ? shifted(value, power[1]) : value
}

/** An indicator's exact value in its measure, short enough for a card. */
export function measured(value: string | null | undefined, measure: string, lang: string, decimals = 2): string {
  if (value === null || value === undefined) return '—'
  if (measure === '元') return money(value, lang)
  if (measure === '%') return `${grouped(value, decimals)}%`
  const text = value.includes('.') ? grouped(value, decimals) : grouped(value)
  return measure ? `${text} ${measure}` : text
}

export function periodTitle(period: string, lang: string): string {
  const month = /^(\d{4})-(\d{2})$/.exec(period)
  if (!month) return period
  if (lang !== 'en') return `${month[1]}年${Number(month[2])}月`
  const names = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
  return `${names[Number(month[2]) - 1]} ${month[1]}`
}
