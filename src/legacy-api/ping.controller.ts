import { All, Controller, Header } from '@nestjs/common';
import { Access } from '../common/access/access.decorators.js';
import { Answers } from '../common/http/documented-answers.js';
import { failedSchema } from './legacy-answers.schemas.js';
import { slashed } from './legacy-routes.js';

@Controller()
@Access({ kind: 'public', reason: 'load balancers look here, without credentials' })
export class PingController {
  /** Any method, as before. */
  @All(slashed('ping'))
  @Answers({ 200: null, 413: failedSchema })
  @Header('content-type', 'text/html; charset=utf-8')
  ping(): string {
    return 'pong!';
  }
}
