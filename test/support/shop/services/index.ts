import { apiGateway } from './api-gateway.ts';
import { orderService } from './order-service.ts';
import { userService } from './user-service.ts';

/** Every service, in the order the overview shows them: the edge first, then what it calls. */
export const services = [apiGateway, userService, orderService];
