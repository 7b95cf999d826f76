/// What is generated, and whether things work.
extension MetricCatalogue {
  static let content: [MetricDefinition] = [
    MetricDefinition(
      "generations", "Generations", "Image and video generations that succeeded.", .count,
      better: .up, in: .content, .types(EventRules.generated)),
    MetricDefinition(
      "generations_failed", "Failed generations", "Image and video generations that failed.",
      .count, better: .down, in: .content, .types(EventRules.generationFailed)),
    MetricDefinition(
      "generations_requested", "Requested generations",
      "Image and video generations that were asked for, also those that are still running.", .count,
      better: .up, in: .content, .types(EventRules.generationRequested)),
    MetricDefinition(
      "generation_latency_mean", "Mean latency",
      "The mean duration of the image and video generations that succeeded.", .milliseconds,
      better: .down, in: .content,
      .aggregate(.events, where: EventRules.generated, value: "avg(duration_ms)")),
    feature("feature_images", "Images", "Images", EventRules.imageRequested),
    feature("feature_videos", "Videos", "Videos", EventRules.videoRequested),
    feature("feature_projects", "Projects", "New projects", "event_type = 'project_create'"),
    MetricDefinition(
      "feature_email", "Email", "Mails that were sent to people.", .count, better: .up,
      in: .content, .types("event_type = 'email_sent'")),
    MetricDefinition(
      "feature_uses", "Uses of features",
      """
      What was asked of any feature, each counted once and where it is asked for. Views of pages, sessions, \
      results and records of tokens and storage are no uses.
      """, .count, better: .up, in: .content, .events(countOf: EventRules.isFeatureUse)),
    MetricDefinition(
      "deployments", "Deployments", "Endpoints that were deployed.", .count, better: .up,
      in: .content, .types("event_type = 'deployment'")),
  ]

  /// Counted when it is asked for, not when it is done.
  private static func feature(
    _ id: String, _ title: String, _ what: String, _ condition: String
  ) -> MetricDefinition {
    MetricDefinition(
      id, title, "\(what) that were asked for.", .count, better: .up, in: .content,
      .types(condition))
  }

  static let reliability: [MetricDefinition] = [
    MetricDefinition(
      "errors", "Errors",
      "Events that failed: status failed, an error code, or an HTTP status of 400 and more.",
      .count, better: .down, in: .reliability,
      .events(countOf: EventRules.isError)),
    MetricDefinition(
      "outcomes", "Outcomes",
      "Events that carry an outcome: a status, an error code, or an HTTP status.", .count,
      better: .none, in: .reliability,
      .events(countOf: EventRules.hasOutcome)),
    MetricDefinition(
      "api_calls", "API calls", "Calls of the platform's API.", .count, better: .up,
      in: .reliability, .types(EventRules.isCall)),
    MetricDefinition(
      "api_error_rate", "API error rate",
      "Calls of the API with an HTTP status of 400 and more, divided by all calls.", .ratio,
      better: .down, in: .reliability,
      .aggregate(
        .events, where: EventRules.isCall,
        value:
          "(count(*) FILTER (WHERE status_code >= 400))::double precision / nullif(count(*), 0)",
        numerator: "count(*) FILTER (WHERE status_code >= 400)", denominator: "count(*)")),
    MetricDefinition(
      "api_response_time_mean", "API response time",
      "The mean time that calls of the API took to be answered; without one, their duration.",
      .milliseconds, better: .down, in: .reliability,
      .aggregate(
        .events, where: EventRules.isCall, value: "avg(coalesce(response_time_ms, duration_ms))")),
    MetricDefinition(
      "requests", "Requests",
      """
      Everything that was asked of the platform over HTTP, counted where it is asked: what ends an earlier \
      request is not counted again.
      """, .count, better: .up, in: .reliability, version: 2,
      .events(countOf: EventRules.isRequestBegun)),
    MetricDefinition(
      "model_requests", "Requests to models",
      "Requests to models that came to an end, well or not, each counted once and where it ends.",
      .count, better: .up, in: .reliability, .events(countOf: EventRules.isModelRequest)),
  ]

  static let activity: [MetricDefinition] = [
    MetricDefinition(
      "events", "Events",
      "What people and services did, mails sent too. Records that only count tokens are left out.",
      .count, better: .none, in: .activity, .types("NOT \(EventRules.isTokenRecord)")),
    MetricDefinition(
      "activities", "Activities",
      "What people did. Records that only count tokens, and mails sent, are left out.", .count,
      better: .up, in: .activity,
      .events(countOf: EventRules.isCountedActivity)),
    activity("chats", "Chats", "Messages to a chat.", "chat"),
    MetricDefinition(
      "uploads", "Uploads", "Files that were uploaded.", .count, better: .up, in: .activity,
      .types("event_type IN ('upload', 'dataset_upload')")),
    activity("rag_queries", "RAG queries", "Questions to a knowledge base.", "rag_query"),
    activity(
      "token_records", "Token records", "Records of the tokens that a request used.", "token_usage"
    ),
    activity("page_views", "Page views", "Pages that were shown.", "page_view"),
  ]

  private static func activity(
    _ id: String, _ title: String, _ definition: String, _ type: String
  ) -> MetricDefinition {
    MetricDefinition(
      id, title, definition, .count, better: .up, in: .activity,
      .types("event_type = '\(type)'"))
  }
}
