/// Which names of a record's metadata are stored: a strict list, by event type. All others are
/// dropped and counted.
public struct MetadataNames: Sendable {
  /// What is done with a value.
  enum Treatment: UInt8, Sendable {
    case keep
    /// A keyed hash of it is stored, under the name with `_hash`.
    case hash
    /// It is such a hash, or is dropped.
    case keepHash
  }

  private var always: [String: Treatment] = [:]
  private var byType: [String: [String: Treatment]] = [:]

  /// `additional` are names by event type; those of the type `*` are for all.
  public init(additional: [String: Set<String>] = [:]) {
    for name in Self.common { always[name] = .keep }
    for name in Self.hashed {
      always[name] = .hash
      always[name + "_hash"] = .keepHash
    }
    for (type, names) in Self.particular.merging(additional, uniquingKeysWith: { $0.union($1) }) {
      for name in names where always[name] == nil {
        if type == "*" { always[name] = .keep } else { byType[type, default: [:]][name] = .keep }
      }
    }
  }

  /// `nil`: dropped.
  func treatment(of name: String, in type: String) -> Treatment? {
    always[name] ?? byType[type]?[name]
  }

  private static let common: Set<String> = [
    "source", "variant", "version", "app_version", "platform", "locale", "plan", "count", "page",
    "duration_seconds", "success", "reason_code", "project_id", "dataset_id", "course_id",
    "lesson_id", "resource_id", "conversation_id", "message_id", "job_id", "experiment_id",
    "request_id", "parent_id", "step", "steps", "size_bytes", "mime_type", "format",
  ]
  private static let hashed: Set<String> = ["file_name", "filename", "original_name", "file_path"]

  private static let training: Set<String> = [
    "gpu_seconds", "gpu_hours", "cpu_seconds", "gpu_utilization", "epochs", "batch_size",
    "framework_version", "checkpoint_bytes", "dataset_bytes", "trials", "accuracy", "loss",
  ]
  private static let generation: Set<String> = [
    "width", "height", "frames", "seconds", "quality", "style_id", "seed", "upscaled",
  ]
  private static let learning: Set<String> = [
    "quiz_id", "video_id", "score", "max_score", "progress", "position_seconds", "attempt",
  ]
  private static let particular: [String: Set<String>] = [
    "page_view": ["tab", "referrer_host", "viewport_width", "load_ms", "page_name"],
    "upload": ["file_count", "extension", "width", "height"],
    "dataset_upload": ["file_count", "image_count", "extension", "storage_bytes"],
    "storage_change": ["storage_bytes", "delta_bytes", "storage_class", "checkpoint_bytes"],
    "rag_query": ["top_k", "hit_count", "index_id", "rerank"],
    "chat": ["turn", "message_count", "temperature", "stream"],
    "export": ["rows", "target"], "export_completed": ["rows", "target"],
    "deployment": ["region", "replicas", "target"],
    "email_sent": ["template_id", "campaign_id"], "email_opened": ["template_id", "campaign_id"],
    "email_clicked": ["template_id", "campaign_id"],
    "signup": ["invitation_id", "method", "domain"],
    "training_started": training, "training_completed": training, "training_failed": training,
    "training_cancelled": training, "hyperparameter_tuning": training, "inference": training,
    "test_run": training, "inference_completed": training, "inference_failed": training,
    "image_generate_requested": generation, "image_generate_succeeded": generation,
    "image_generate_failed": generation, "video_generate_requested": generation,
    "video_generate_succeeded": generation, "video_generate_failed": generation,
    "video_play": learning, "video_complete": learning, "quiz_attempt": learning,
    "quiz_complete": learning, "lesson_start": learning, "lesson_progress": learning,
    "lesson_complete": learning, "course_start": learning, "course_complete": learning,
  ]
}
