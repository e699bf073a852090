import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './stores/session'
import LoginPage from './pages/LoginPage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: LoginPage, meta: { open: true } },
    { path: '/calculator', name: 'calculator', component: () => import('./pages/CalculatorPage.vue'), meta: { open: true } },
    {
      path: '/',
      component: () => import('./pages/AppShell.vue'),
      children: [
        { path: '', name: 'dashboard', component: () => import('./pages/DashboardPage.vue'), meta: { right: 'indicator.read' } },
        { path: 'ranking/:indicator?', name: 'ranking', component: () => import('./pages/RankingPage.vue'), meta: { right: 'indicator.read' } },
        { path: 'letters', name: 'letters', component: () => import('./pages/LettersPage.vue'), meta: { right: 'target.read' } },
        { path: 'alerts', name: 'alerts', component: () => import('./pages/AlertsPage.vue'), meta: { right: 'alert.read' } },
        { path: 'assess', name: 'assess', component: () => import('./pages/AssessPage.vue'), meta: { right: 'assess.read' } },
        { path: 'forms', name: 'forms', component: () => import('./pages/FormsPage.vue'), meta: { right: 'form.read' } },
        { path: 'registers/:register/record', name: 'record', component: () => import('./pages/RecordPage.vue'), meta: { right: 'register.read' } },
        { path: 'registers/:register?', name: 'registers', component: () => import('./pages/RegisterPage.vue'), meta: { right: 'register.read' } },
        { path: 'policies', name: 'policies', component: () => import('./pages/PoliciesPage.vue'), meta: { right: 'policy.read' } },
        { path: 'money', name: 'money', component: () => import('./pages/MoneyPage.vue'), meta: { right: 'pay.read' } },
        { path: 'entitlements', name: 'entitlements', component: () => import('./pages/EntitlementPage.vue'), meta: { right: 'policy.read' } },
        { path: 'own', name: 'own', component: () => import('./pages/OwnPage.vue') },
        { path: 'meetings', name: 'meetings', component: () => import('./pages/MeetingsPage.vue'), meta: { right: 'meeting.read' } },
        { path: 'meetings/:meeting(\\d+)', name: 'meeting', component: () => import('./pages/MeetingPage.vue'), meta: { right: 'meeting.read' } },
        { path: 'tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue'), meta: { right: 'task.read' } },
        { path: 'documents', name: 'documents', component: () => import('./pages/DocumentsPage.vue'), meta: { right: 'document.read' } },
        { path: 'audit', name: 'audit', component: () => import('./pages/AuditPage.vue'), meta: { right: 'audit.read' } },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  await session.ask()
  if (!to.meta.open && !session.loggedIn) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  // An enterprise sees itself, whatever address it opens.
  if (session.session?.record && !to.meta.open && to.name !== 'own') return { name: 'own' }
  if (to.name === 'login' && session.loggedIn) return { name: 'dashboard' }
  return true
})
