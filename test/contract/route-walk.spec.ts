import {
  Body,
  Controller,
  Get,
  Module,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { z } from 'zod';
import { Access, Requires } from '../../src/common/access/access.decorators.js';
import { expectProblem } from '../support/answer-checks.js';
import { HttpWorld } from '../support/http-world.js';
import { accessRuleOf, walkRoutes } from '../../src/app/route-walk.js';
import { routeDefects } from '../support/route-walk.js';

const answerSchema = z.object({ ok: z.boolean() });

/** Everything a route can get wrong. */
@Controller('api/v1/forgetful/:id')
@UseInterceptors(StandardSchemaSerializerInterceptor)
class ForgetfulController {
  @Get()
  @SerializeOptions({ schema: answerSchema })
  noAccess(@Param('id', { schema: z.uuid() }) _id: string): object {
    return { ok: true };
  }

  @Post('unchecked')
  @Access({ kind: 'public', reason: 'because' })
  @SerializeOptions({ schema: answerSchema })
  unchecked(@Param('id') _id: string, @Body() _body: unknown, @Query('limit') _limit: string): object {
    return { ok: true };
  }

  @Post('loose')
  @Access({ kind: 'public', reason: 'shows how a test fails' })
  @SerializeOptions({ schema: answerSchema })
  loose(@Body({ schema: z.object({ a: z.string() }) }) _body: object): object {
    return { ok: true };
  }

  @Get('runs')
  @Requires('runs.view')
  elsewhere(@Param('id', { schema: z.uuid() }) _id: string): object {
    return { ok: true };
  }
}

@Controller('api')
@Access({ kind: 'legacy' })
class StrayController {
  @Get('stray/')
  stray(): object {
    return {};
  }
}

@Controller('admin/unenforced')
@Access({ kind: 'public', reason: 'shows how a test fails' })
class UnenforcedController {
  @Get()
  @SerializeOptions({ schema: answerSchema })
  unenforced(): object {
    return { ok: 'not a boolean' };
  }
}

@Module({ controllers: [ForgetfulController, StrayController, UnenforcedController] })
class ForgetfulModule {}

describe('the routes of the service', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start();
  });
  afterAll(() => world.close());

  it('all declare who may call them, what they take and what they answer', () => {
    expect(routeDefects(walkRoutes(world.http.app))).toEqual([]);
  });

  it('are all that the HTTP server has, so that none goes past the declarations', () => {
    const declared = walkRoutes(world.http.app);
    const covers = (method: string, url: string): boolean =>
      declared.some((route) => route.path === url && (route.method === 'ALL' || route.method === method));
    const served = world.http.routes.filter(({ method }) => method !== 'HEAD');
    expect(served.filter(({ method, url }) => !covers(method, url))).toEqual([]);
    expect(declared.filter(({ path }) => !served.some(({ url }) => url === path))).toEqual([]);
    expect(declared.length).toBeGreaterThan(20);
  });

  it('refuse everybody without a token unless they are public or old', async () => {
    const guarded = walkRoutes(world.http.app).filter((route) => accessRuleOf(route)?.kind === 'permission');
    expect(guarded.length).toBeGreaterThan(10);
    for (const { method, path } of guarded) {
      const url = path.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000');
      expectProblem(await world.http.call(method as 'GET', url), 401, 'auth.required');
      expectProblem(await world.http.call(method as 'GET', url, { token: 'garbage' }), 401, 'auth.token_not_valid');
    }
  });
});

describe('a forgetful controller', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start({ imports: [ForgetfulModule] });
  });
  afterAll(() => world.close());

  it('is found out, route by route', () => {
    const base = '/api/v1/forgetful/:id';
    expect(routeDefects(walkRoutes(world.http.app)).sort()).toEqual([
      `ForgetfulController.elsewhere (GET ${base}/runs): has no response schema that is enforced`,
      `ForgetfulController.elsewhere (GET ${base}/runs): needs a permission in an organization that its path does not name`,
      `ForgetfulController.loose (POST ${base}/loose): does not check :id`,
      `ForgetfulController.loose (POST ${base}/loose): lets unknown fields into its body`,
      `ForgetfulController.noAccess (GET ${base}): says not who may call it`,
      `ForgetfulController.unchecked (POST ${base}/unchecked): is public without a reason`,
      `ForgetfulController.unchecked (POST ${base}/unchecked): takes its body  without a schema`,
      `ForgetfulController.unchecked (POST ${base}/unchecked): takes its parameter id without a schema`,
      `ForgetfulController.unchecked (POST ${base}/unchecked): takes its query limit without a schema`,
      'StrayController.stray (GET /api/stray): does not say what it answers',
      'StrayController.stray (GET /api/stray): is not in the table of the old routes',
      'UnenforcedController.unenforced (GET /admin/unenforced): has no response schema that is enforced',
    ]);
  });

  it('is refused by the guard where it does not say who may call it, even to a superuser', async () => {
    const { username } = await world.user({ isSuperuser: true });
    const answer = await world.http.call('GET', '/api/v1/forgetful/1', { token: await world.session(username) });
    expectProblem(answer, 403, 'auth.forbidden');
  });
});
