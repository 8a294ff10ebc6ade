import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { Controller, Get, Headers, Logger, type OnModuleDestroy, Param, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CurrentOrganization, Requires } from '../../common/access/access.decorators.js';
import { type OrganizationAccess } from '../../common/access/actor.js';
import { errorMessage } from '../../common/errors/domain-error.js';
import { ProvisioningService } from '../provisioning.service.js';
import { type RunEvent, RunEventsService } from './run-events.service.js';
import { RunViewService } from '../run-view.service.js';
import { runIdSchema } from './run.schemas.js';

/** What is not a sequence number cannot be resumed after, so the log is sent from its start. */
const lastEventIdSchema = z.coerce.number().int().min(0).max(2_147_483_647).catch(0);

/** How long a reader may leave its socket full before it is dropped; it resumes with Last-Event-ID. */
const SLOW_READER_MS = 30_000;
const RETRY_HINT_MS = 2_000;

/** A run's log and progress as server-sent events. */
@Controller('api/v1/organizations/:organization/runs/:runId/events')
@Requires('runs.view')
export class RunEventsController implements OnModuleDestroy {
  private readonly logger = new Logger(RunEventsController.name);
  private readonly streams = new Set<AbortController>();

  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly events: RunEventsService,
    private readonly view: RunViewService,
  ) {}

  /** Events `log` (id = seq) and `run`; ends when the run is finished. `Last-Event-ID` resumes after that entry. */
  @Get()
  async stream(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @Param('runId', { schema: runIdSchema }) runId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.provisioning.get(organizationId, runId);
    open(reply);
    // Fastify answers HEAD with this handler too; there is nothing to wait for.
    if (request.method === 'HEAD') reply.raw.end();
    else await this.follow(organizationId, runId, lastEventIdSchema.parse(lastEventId), reply.raw);
  }

  /** Before the server closes: it waits for open streams. */
  onModuleDestroy(): void {
    for (const stream of this.streams) stream.abort();
  }

  private async follow(
    organizationId: string,
    runId: string,
    afterSeq: number,
    response: ServerResponse,
  ): Promise<void> {
    const stream = new AbortController();
    this.streams.add(stream);
    response.once('close', () => {
      stream.abort();
    });
    try {
      response.write(`retry: ${RETRY_HINT_MS}\n\n`);
      for await (const event of this.events.follow(organizationId, runId, afterSeq, stream.signal)) {
        if (!(await send(response, await this.format(event), stream.signal))) break;
      }
    } catch (error) {
      this.logger.error(`The event stream of run ${runId} broke; its reader resumes: ${errorMessage(error)}`);
    } finally {
      this.streams.delete(stream);
      response.end();
    }
  }

  private async format(event: RunEvent): Promise<string> {
    switch (event.type) {
      case 'log':
        return `event: log\nid: ${event.entry.seq}\ndata: ${JSON.stringify(event.entry)}\n\n`;
      case 'run':
        return `event: run\ndata: ${JSON.stringify(await this.view.whole(event.run))}\n\n`;
      case 'idle':
        return ': nothing new\n\n';
    }
  }
}

/** Takes the connection over from Fastify, with the headers it has collected. */
function open(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

/** False when the reader is gone or too slow. */
async function send(response: ServerResponse, text: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (response.write(text)) return true;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(SLOW_READER_MS)]);
  return once(response, 'drain', { signal: patience }).then(
    () => true,
    () => false,
  );
}
