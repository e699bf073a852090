// A walk through the served web face: log in, look, click figures, change the language, a county's account. TAP from 2 on.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const assert = require('node:assert')
const { walk } = require('./walk.cjs')

const options = { first: 2, demo: ['--enterprises', '300', '--years', '3'], mute: /401|404/ } // 1: the web face's own tests
walk('browser', options, async ({ test, open: login, json, dir, db, address, browser, errors }) => {
  async function open(account) {
    const page = await login(account)
    await page.waitForSelector('.rank tbody tr')
    return page
  }
  let page
  await test('a wrong password is told, and nobody is let in', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' })
    const p = await context.newPage()
    await p.goto(address + '/policies')
    await p.waitForURL(/\/login/)
    await p.fill('#account', 'city')
    await p.fill('#password', 'not the password')
    await p.keyboard.press('Enter')
    await p.waitForSelector('.el-alert--error')
    assert.match(await p.textContent('.el-alert--error'), /账号或密码不对/)
    await context.close()
  })
  await test('the dashboard shows the ranking of the command line', async () => {
    page = await open('city')
    const period = json('rank', db, 'rd_intensity', '--period', '2023-12')
    const shown = await page.$$eval('.rank tbody tr', (rows) => rows.map((r) => [r.children[0].textContent.trim(), r.children[1].textContent.trim(), r.children[2].textContent.trim()]))
    assert.equal(shown.length, 8)
    period.rows.forEach((row, i) => {
      assert.ok(shown[i][0].startsWith(String(row.rank)), `${shown[i]} / ${row.rank}`)
      assert.equal(shown[i][1], row.title.zh)
    })
    assert.ok(await page.$('canvas'), 'the map is drawn')
  })
  await test('a figure opens its explanation, down to the file and cell', async () => {
    await page.locator('.rank tbody tr .figure').first().click()
    await page.waitForSelector('.el-drawer .node')
    const text = await page.textContent('.el-drawer')
    assert.match(text, /rd_expenditure \/ gdp/)
    await page.locator('.el-drawer summary').nth(1).click()
    assert.match(await page.innerHTML('.el-drawer'), /月报2023-12\.csv/)
    await page.keyboard.press('Escape')
  })
  await test('the page speaks English when asked', async () => {
    await page.getByRole('button', { name: 'English' }).click()
    await page.waitForSelector('text=Dashboard')
    assert.match(await page.textContent('.rank tbody'), /Jinhu District/)
    await page.getByRole('button', { name: '中文' }).click()
  })
  await test('entitlements are listed with reasons and explained by clicking', async () => {
    await page.goto(address + '/policies')
    await page.waitForSelector('.el-table__row')
    assert.match(await page.textContent('.el-table__row'), /可兑付/)
    await page.locator('.el-table__row').first().click()
    await page.waitForSelector('.el-drawer .node')
    assert.match(await page.locator('.el-drawer:visible').first().textContent(), /营业收入|研发费用|认定/)
  })
  await test('a what-if shows the effect on every county', async () => {
    await page.goto(address + '/policies')
    await page.waitForSelector('.el-table__row')
    await page.getByRole('button', { name: '政策模拟' }).click()
    await page.waitForSelector('.whatif .effect')
    assert.equal(await page.locator('.whatif .el-table__row').count(), 8)
  })
  await test('an import is checked first, problem by problem, and then written', async () => {
    const file = join(dir, '企业.csv')
    writeFileSync(file, '统一社会信用代码,企业名称,所属县区\n91350100M000100Y43,新来的有限公司,锦湖区\n坏代码,不成的有限公司,锦湖区\n')
    await page.goto(address + '/registers/enterprise')
    await page.waitForSelector('.el-table__row')
    await page.getByRole('button', { name: '导入' }).click()
    await page.setInputFiles('input[type=file]', file)
    await page.waitForSelector('.outcome .el-table__row')
    assert.match(await page.textContent('.outcome'), /坏代码/)
    await page.getByRole('button', { name: '写入' }).click()
    await page.waitForSelector('.el-message--success')
    assert.equal(json('verify', db).events > 0, true)
  })
  await test("a county's account sees its county", async () => {
    const p = await open('wangchuan')
    assert.equal(await p.locator('.rank tbody tr').count(), 1)
    assert.match(await p.textContent('.rank tbody'), /望川县/)
    assert.equal(await p.locator('nav a', { hasText: '审计' }).count(), 0)
  })
  await test('the auditor verifies the chain', async () => {
    const p = await open('auditor')
    await p.goto(address + '/audit')
    await p.getByRole('button', { name: '校验事件链' }).click()
    await p.waitForSelector('text=完好')
  })
  await test('no script failed on the way', async () => assert.deepEqual(errors, []))
})
