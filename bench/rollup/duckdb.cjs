// The job in DuckDB, one thread: duckdb.cjs FACTS ANSWERS STATEMENTS.json; prints CPU seconds of loading and of the job.
const fs = require('fs')
const { DuckDBInstance } = require('@duckdb/node-api')
const [facts, out, statements] = process.argv.slice(2)

const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6 }

;(async () => {
  const db = await DuckDBInstance.create(':memory:', { threads: '1' })
  const c = await db.connect()
  let begin = cpu()
  await c.run(`CREATE TABLE fact AS SELECT * FROM read_csv('${facts}', columns = {'i': 'INTEGER', 'k': 'INTEGER', 'm': 'INTEGER', 's': 'BIGINT'}, header = false, parallel = false)`)
  const load = cpu() - begin
  const answers = []
  begin = cpu()
  for (const [name, sql] of JSON.parse(fs.readFileSync(statements, 'utf8'))) {
    const rows = (await c.runAndReadAll(sql)).getRows()
    if (name) answers.push(`${name} ${rows[0][0]}`)
  }
  console.log(load, cpu() - begin)
  fs.writeFileSync(out, answers.join('\n') + '\n')
})().catch(e => { console.error(e); process.exit(1) })
