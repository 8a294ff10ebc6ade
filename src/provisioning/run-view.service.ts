import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { ProvisioningService } from './provisioning.service.js';
import { type Run } from './provisioning.types.js';
import { type RunResponse, type RunViewContext, toListedRunResponse, toRunResponse } from './runs/run.schemas.js';

/** Runs as the API shows them. */
@Injectable()
export class RunViewService {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async whole(run: Run): Promise<RunResponse> {
    return toRunResponse(run, this.context(), await this.provisioning.waiting(run));
  }

  listed(run: Run): RunResponse {
    return toListedRunResponse(run, this.context());
  }

  private context(): RunViewContext {
    const { env } = this.config;
    return {
      now: this.clock.now(),
      grace: {
        planSeconds: env.PS_RUN_CANCEL_GRACE_PLAN_SECONDS,
        applySeconds: env.PS_RUN_CANCEL_GRACE_APPLY_SECONDS,
      },
    };
  }
}
