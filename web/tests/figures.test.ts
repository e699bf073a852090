import { describe, expect, it } from 'vitest'
import { grouped, inMeasure, measured, money, periodTitle, shifted } from '../src/util/figures'
import en from '../src/i18n/en'
import zh from '../src/i18n/zh'

describe('figures are shown from their exact text', () => {
  it('groups whole numbers and keeps fractions', () => {
    expect(grouped('1234567.50')).toBe('1,234,567.50')
    expect(grouped('-1234')).toBe('-1,234')
    expect(grouped('12345678901234567890.123')).toBe('12,345,678,901,234,567,890.123')
    expect(grouped('0.5', 2)).toBe('0.50')
  })
  it('shows what is not known as a dash, never as zero', () => {
    expect(grouped(null)).toBe('—')
    expect(money(undefined, 'zh')).toBe('—')
    expect(measured(null, '%', 'zh')).toBe('—')
  })
  it('fills in figures in the form\'s own measure', () => {
    expect(inMeasure('12345678', '元', '万元')).toBe('1234.5678')
    expect(inMeasure('441000', '人', '万人')).toBe('44.1')
    expect(inMeasure('7', '件', '件')).toBe('7')
    expect(inMeasure(null, '元', '万元')).toBe('')
  })
  it('moves the point without arithmetic', () => {
    expect(shifted('123456', 4)).toBe('12.3456')
    expect(shifted('5', 4)).toBe('0.0005')
    expect(shifted('10000', 4)).toBe('1')
    expect(shifted('-20000', 4)).toBe('-2')
  })
  it('speaks of money in 万元 and 亿元', () => {
    expect(money('93548000000', 'zh')).toBe('935.48 亿元')
    expect(money('500000.00', 'zh')).toBe('50.00 万元')
    expect(money('9999', 'zh')).toBe('9,999.00 元')
    expect(money('93548000000', 'en')).toBe('93,548.00 million')
  })
  it('names periods', () => {
    expect(periodTitle('2023-06', 'zh')).toBe('2023年6月')
    expect(periodTitle('2023-06', 'en')).toBe('June 2023')
  })
})

function keys(node: object, path = ''): string[] {
  return Object.entries(node).flatMap(([key, value]) => (typeof value === 'object' ? keys(value as object, `${path}${key}.`) : [`${path}${key}`]))
}
describe('both languages', () => {
  it('have the same words', () => {
    expect(keys(en).sort()).toEqual(keys(zh).sort())
  })
})
