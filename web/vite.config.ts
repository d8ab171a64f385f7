import {defineConfig} from 'vite'

// `npm run dev` asks a server that runs already; GATEWRIGHT says where it is.
const server = process.env.GATEWRIGHT ?? 'http://127.0.0.1:8003'

export default defineConfig({
  esbuild: {jsx: 'automatic'},
  define: {__VERSION__: '"dev"'},
  build: {target: 'es2022', assetsInlineLimit: 0, modulePreload: {polyfill: false}, chunkSizeWarningLimit: 700,
          // Libraries say "use client" for frameworks that we do not have.
          rollupOptions: {onwarn: (warning, warn) => { if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning) }}},
  worker: {format: 'es'},
  server: {fs: {allow: ['.', '../config']}, proxy: {'/api': server, '/health': server}},
})
