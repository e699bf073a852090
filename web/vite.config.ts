import { defineConfig } from 'vite'
import vue from '@vitejs/plugin-vue'

// The build is embedded in the executable; charts and components are chunks of their own, so
// that the login page comes up before them.
export default defineConfig({
  plugins: [vue()],
  build: {
    target: 'es2020',
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        manualChunks: {
          charts: ['echarts/core', 'echarts/charts', 'echarts/components', 'echarts/renderers'],
          ui: ['element-plus'],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8420' } },
})
