// A county fills its month in the browser: pasted, checked, explained, submitted, signed; the city sees it. TAP.
const assert = require('node:assert')
const { walk } = require('./walk.cjs')

const options = {
  demo: ['--enterprises', '100', '--years', '3'], db: process.env.KECHUANG_DEMO_DB, shots: process.argv[3],
}
walk('reporting', options, async ({ test, open: login, shot, address, errors }) => {
  async function open(account) {
    const page = await login(account)
    await page.goto(address + '/forms')
    await page.waitForSelector('.el-table__row')
    return page
  }
  let page
  await test('a county sees its own row and opens the grid', async () => {
    page = await open('wangchuan')
    assert.strictEqual(await page.locator('.el-table__body .el-table__row').count() > 0, true)
    await page.click('[data-test=fill]')
    await page.waitForSelector('.report-grid input')
    assert.strictEqual(await page.locator('.report-grid tbody tr').count(), 1)
    assert.ok(Number(await page.inputValue('input[data-at="0,0"]')) > 1000) // in 万元
  })
  await test('a block pasted from a spreadsheet goes in to the right', async () => {
    await page.locator('input[data-at="0,7"]').evaluate((el) => {
      const data = new DataTransfer()
      data.setData('text/plain', '1,234\t441.5\n')
      el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    })
    assert.strictEqual(await page.inputValue('input[data-at="0,7"]'), '1234')
    assert.strictEqual(await page.inputValue('input[data-at="0,8"]'), '441.5')
  })
  await test('a figure that has fallen asks for an explanation before it can be submitted', async () => {
    await page.fill('input[data-at="0,1"]', '100')
    await page.click('[data-test=check]')
    await page.waitForSelector('.ask textarea')
    assert.ok((await page.textContent('.ask')).includes('累计研发经费比上期减少'))
    assert.ok(await page.locator('td.explain').count() > 0)
    assert.ok(await page.locator('[data-test=submit]').isDisabled())
    for (const area of await page.locator('.ask textarea').all()) await area.fill('上年多报，核减')
    await shot(page, 'report-grid')
    await page.click('[data-test=submit]')
    await page.waitForSelector('.el-message--success')
  })
  await test('the words stay with the figure', async () => {
    const reply = await page.request.get(address + '/api/forms/monthly/figures?period=2023-12')
    const row = (await reply.json()).rows[0]
    assert.strictEqual(row.values[1], '1000000')
    assert.strictEqual(row.notes[1], '上年多报，核减')
    assert.strictEqual(row.values[7], '1234')
  })
  await test('the county signs, the city approves, and sees what changed after that', async () => {
    await page.click('[data-test=fill]')
    await page.click('.el-table button:has-text("签字")')
    await page.waitForSelector('.el-table .el-tag:has-text("已签字")')
    const city = await open('city')
    const row = city.locator('.el-table__body .el-table__row', { hasText: '望川县' }).first()
    await row.locator('button:has-text("审核通过")').last().click()
    await city.waitForSelector('.el-table__row:has-text("望川县") .el-tag:has-text("已审核")')
    await page.reload()
    await page.waitForSelector('.el-table__row')
    await page.click('[data-test=fill]')
    await page.fill('input[data-at="0,8"]', '441.6')
    await page.click('[data-test=submit]')
    await page.waitForSelector('.el-message--success')
    await city.reload()
    await city.waitForSelector('.el-table__row:has-text("望川县") .differs')
    await shot(city, 'forms')
  })
  await test('nothing broke on the way', async () => { assert.deepStrictEqual(errors, []) })
})
