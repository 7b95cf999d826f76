// What the Overview asks: here, so that it can be asked before the page itself has come.

export const PATH = '/api/admin/overview';
export const METRICS = ['active_users', 'new_signups', 'sessions', 'requests', 'errors', 'error_rate', 'content_success_rate', 'generation_latency_p50', 'generation_latency_p95', 'feature_images', 'feature_videos', 'feature_projects', 'feature_email', 'prompt_tokens', 'completion_tokens', 'total_tokens', 'total_cost'];
export const PARAMETERS = {metrics: METRICS.join(','), breakdowns: 'models,error_codes,countries', top: 6, heatmap: true};
export const FILTERS = 'compare';
