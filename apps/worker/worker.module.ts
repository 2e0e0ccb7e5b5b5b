import { Module, type DynamicModule } from '@nestjs/common';
import { LineService } from './line.service.js';
import { WORKER_PARTS, type WorkerParts } from './worker-parts.js';

@Module({})
export class WorkerModule {
  static from(parts: WorkerParts): DynamicModule {
    return { module: WorkerModule, providers: [{ provide: WORKER_PARTS, useValue: parts }, LineService] };
  }
}
