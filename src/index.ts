export { defineService } from './model/service.ts';
