// A walk through letters, alerts and the assessment: lights, amendment, a point's explanation, a county's answer. TAP.
const assert = require('node:assert')
const { walk } = require('./walk.cjs')

const options = {
  demo: ['--enterprises', '200'], timeout: 60000, lands: null, mute: /401|404|409/, shots: process.env.KECHUANG_PICTURES,
}
walk('targets', options, async ({ test, open, shot, json, db, errors }) => {
  const still = { wait: 600 } // for a picture: what moves has come to rest
  let page
  await test('letters: every county with its lights, months and the mark of what may be expected', async () => {
    page = await open('city', { to: '/letters' })
    await page.waitForSelector('.lines tbody tr')
    const letters = json('letter', 'list', db, '--year', '2023', '--period', '2023-12').letters
    const drafts = json('letter', 'list', db, '--year', '2023', '--period', '2023-12', '--drafts').letters
    assert.ok(letters.length >= 8 && drafts.length >= letters.length)
    assert.equal(await page.locator('.list button').count(), drafts.length)
    await page.locator('.list button', { hasText: letters[0].unit_title.zh }).click()
    await page.waitForSelector('.bar .due')
    const lights = letters[0].lines.flatMap((l) => (l.series ?? []).map((s) => s.light))
    for (const light of ['green', 'yellow', 'red'])
      assert.equal(await page.locator(`.lines .light.${light}`).count(), lights.filter((l) => l === light).length, light)
    assert.ok(await page.locator('.bar .due').count() >= 5)
    await shot(page, 'letters', still)
  })
  await test('letters: an amended one shows both versions, the reason and what changed', async () => {
    await page.click('.list button[data-unit="980125"]')
    await page.waitForSelector('.el-timeline-item')
    const text = await page.locator('.el-timeline').innerText()
    assert.ok(text.includes('洪灾') && text.includes('技术合同成交额') && text.includes('→'), text)
    await shot(page, 'letters-amended', still)
  })
  await test('letters: a figure opens its explanation, by keyboard too', async () => {
    await page.locator('.bar-cell .figure').first().focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('.el-drawer:visible')
    assert.ok((await page.locator('.el-drawer:visible').innerText()).includes('研发'))
    await page.keyboard.press('Escape')
  })
  await test('assessment: the table agrees with the command, a point says its rule and what it saw', async () => {
    page = await open('city', { to: '/assess' })
    await page.waitForSelector('.scores tbody tr')
    const table = json('assess', db, '--year', '2023').table
    const first = await page.locator('.scores tbody tr').first().innerText()
    assert.ok(first.includes(table.rows[0].total) && first.includes(table.rows[0].title.zh), first)
    await page.locator('.scores tbody tr').first().locator('.figure').first().click()
    await page.waitForSelector('.el-drawer:visible .big')
    const why = await page.locator('.el-drawer:visible').innerText()
    assert.ok(why.includes(table.rows[0].lines[0].rule) && why.includes('progress'), why)
    await shot(page, 'assess', still)
    await page.keyboard.press('Escape')
  })
  await test('assessment: a year that is published says so, with its hash', async () => {
    await page.click('.page-head .el-select')
    await page.locator('.el-select-dropdown__item:visible', { hasText: '2022' }).click()
    await page.waitForSelector('.page-head .el-tag--success')
    assert.ok((await page.locator('.scores').count()) === 1 && (await page.locator('.card p').first().innerText()).includes('SM3'))
  })
  await test('alerts: the ladder, what happened, and the record of a talk', async () => {
    page = await open('city', { to: '/alerts' })
    await page.waitForSelector('.ladder li.now')
    const open_ = json('alerts', 'list', db, '--year', '2023', '--open').cases
    assert.equal(await page.locator('.list button').count(), open_.length)
    await shot(page, 'alerts', still)
    await page.getByRole('button', { name: '登记约谈' }).click()
    await page.locator('.el-message-box textarea').fill('分管副市长约谈，要求一周内报整改方案')
    await page.locator('.el-message-box__btns .el-button--primary').click()
    await page.locator('.el-timeline', { hasText: '一周内' }).waitFor()
    assert.equal(json('alerts', 'list', db, '--case', String(open_[0].case)).cases[0].entries.at(-1).act, 'talk')
  })
  await test('a county sees its own letter and scores, answers its alert and cannot publish', async () => {
    page = await open('langu', { to: '/letters' })
    await page.waitForSelector('.lines tbody tr')
    assert.equal(await page.locator('.list button').count(), 1)
    assert.equal(await page.getByRole('button', { name: '上传责任书' }).count(), 0)
    page = await open('langu', { to: '/assess' })
    await page.waitForSelector('.scores tbody tr')
    assert.equal(await page.locator('.scores tbody tr').count(), 1)
    assert.equal(await page.getByRole('button', { name: '公布', exact: true }).count(), 0)
  })
  await test('English: the same pages', async () => {
    page = await open('leader', { to: '/alerts', locale: 'en-GB' })
    await page.waitForSelector('.ladder li')
    assert.ok((await page.locator('h1').innerText()).includes('Alerts'))
  })
  await test('no script failed on the way', async () => assert.deepEqual(errors, []))
})
