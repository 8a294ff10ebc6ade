import { All, Controller, Header } from '@nestjs/common';
import { Access } from '../common/access/access.decorators.js';
import { slashed } from './legacy-routes.js';

@Controller()
@Access({ kind: 'public', reason: 'load balancers look here, without credentials' })
export class PingController {
  /** Any method, as before. */
  @All(slashed('ping'))
  @Header('content-type', 'text/html; charset=utf-8')
  ping(): string {
    return 'pong!';
  }
}
