import { createApp } from 'vue'
import { createPinia } from 'pinia'
import ElementPlus from 'element-plus'
import 'element-plus/dist/index.css'
import './style.css'
import App from './App.vue'
import { setLoggedOutHandler } from './api/client'
import { i18n, setLang, type Lang } from './i18n'
import { router } from './router'
import { useCity } from './stores/city'
import { useSession } from './stores/session'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(router)
app.use(ElementPlus)
setLang(i18n.global.locale.value as Lang)
setLoggedOutHandler(() => {
  useSession().forget()
  useCity().forget()
  if (router.currentRoute.value.name !== 'login') void router.push({ name: 'login' })
})
app.mount('#app')
