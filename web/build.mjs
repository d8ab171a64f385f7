// node build.mjs OUT VERSION: types from docs/openapi.yaml, the type check, the bundle, and OUT/site.bin
// with OUT/site.txt, which CMake builds into the program.
//
// site.txt has a line for each file: name, content type, digest, then offset and size in site.bin of the
// file as it is and of the file compressed (size 0: not worth it), separated by tabs.
import {createHash} from 'node:crypto'
import {copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs'
import {dirname, extname, join, relative, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {constants, gzipSync} from 'node:zlib'
import openapiTypes, {astToString} from 'openapi-typescript'
import ts from 'typescript'
import {build} from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const out = resolve(process.argv[2] ?? join(here, '../build/web'))
const version = process.argv[3] ?? '0.0.0'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

async function writeTypes() {
  const ast = await openapiTypes(new URL('../docs/openapi.yaml', import.meta.url), {emptyObjectsUnknown: true, defaultNonNullable: false})
  mkdirSync(join(here, 'generated'), {recursive: true})
  writeFileSync(join(here, 'generated/openapi.d.ts'), astToString(ast))
}

function checkTypes() {
  const path = join(here, 'tsconfig.json')
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, here)
  const program = ts.createProgram(config.fileNames, config.options)
  const found = ts.getPreEmitDiagnostics(program)
  if (found.length === 0) return
  console.error(ts.formatDiagnostics(found, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => here,
    getNewLine: () => '\n',
  }))
  process.exit(1)
}

function filesOf(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesOf(path) : [path]
  }).sort()
}

function pack(folder) {
  const pieces = []
  const lines = []
  let offset = 0
  const add = (bytes) => {
    pieces.push(bytes)
    offset += bytes.length
    return [offset - bytes.length, bytes.length]
  }
  for (const path of filesOf(folder)) {
    const type = types[extname(path)]
    if (!type) throw new Error(`${path}: no content type is known for it`)
    const bytes = readFileSync(path)
    const small = gzipSync(bytes, {level: constants.Z_BEST_COMPRESSION})
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const name = relative(folder, path)
    lines.push([name, type, digest, ...add(bytes), ...add(small.length < bytes.length ? small : Buffer.alloc(0))].join('\t'))
  }
  writeFileSync(join(out, 'site.bin'), Buffer.concat(pieces))
  writeFileSync(join(out, 'site.txt'), lines.join('\n') + '\n')
}

// Debug, release and sanitizer builds have the same page: it is built once for the same sources.
function fingerprint() {
  const hash = createHash('sha256').update(version)
  const sources = ['build.mjs', 'index.html', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', '../docs/openapi.yaml', '../config/schema/workflow.schema.json']
  for (const path of [...sources.map((name) => join(here, name)), ...filesOf(join(here, 'src'))]) {
    hash.update(`\0${relative(here, path)}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

const kept = join(here, 'node_modules/.cache/page', fingerprint())
mkdirSync(out, {recursive: true})
if (existsSync(join(kept, 'site.txt'))) {
  for (const name of ['site.bin', 'site.txt']) copyFileSync(join(kept, name), join(out, name))
  process.exit(0)
}
await writeTypes()
checkTypes()
await build({
  root: here,
  logLevel: 'warn',
  define: {__VERSION__: JSON.stringify(version)},
  build: {outDir: join(out, 'site'), emptyOutDir: true},
})
pack(join(out, 'site'))
mkdirSync(kept, {recursive: true})
for (const name of ['site.bin', 'site.txt']) copyFileSync(join(out, name), join(kept, name))
