export { cancelSchedule, findDueTickets, planSchedule, runSchedule } from "./schedule-timer.ts";
