/** The pipeline document of all features. */
import { FEATURES } from './features/index.ts'
import { renderPipeline } from './pipeline/render.ts'

/** Markdown of `docs/pipeline.md`. */
export const renderPipelineDocument = (): string =>
  renderPipeline(FEATURES.flatMap((feature) => feature.tables))
