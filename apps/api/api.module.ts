import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { HealthController } from './health/health.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { validationPipe } from './http/validation.js';
import { BallotsController } from './intake/ballots.controller.js';
import { SignaturesController } from './intake/signatures.controller.js';
import { type ApiParts, PARTS } from './parts.js';
import { AttestationRequestsController } from './read/attestation-requests.controller.js';
import { ChunksController } from './read/chunks.controller.js';
import { EvaluationsController } from './read/evaluations.controller.js';
import { ProposalsController } from './read/proposals.controller.js';
import { ReadingsController } from './read/readings.controller.js';
import { RecordsController } from './read/records.controller.js';
import { SafeTransactionsController } from './read/safe-transactions.controller.js';

@Module({})
export class ApiModule {
  static with(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        ReadingsController,
        EvaluationsController,
        ChunksController,
        AttestationRequestsController,
        SignaturesController,
        ProposalsController,
        BallotsController,
        SafeTransactionsController,
        RecordsController,
        HealthController,
      ],
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useFactory: () => new ProblemFilter(parts.log) },
      ],
    };
  }
}
