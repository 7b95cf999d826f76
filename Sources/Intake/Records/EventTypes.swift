/// The event types that are known, their other spellings, and the category that goes without saying.
public struct EventTypes: Sendable {
  /// By spelling: the type that is stored.
  let names: [String: String]
  let categories: [String: String]
  /// Those that people may send of themselves: views of pages, and what they learn.
  let ofPeople: Set<String>
  /// Any other word of `a-z0-9_` is a type too.
  public let allowsOthers: Bool

  public init(additional: [String: String] = [:], allowsOthers: Bool = false) {
    var names = Self.aliases
    var categories = additional
    for (category, types) in Self.known {
      for type in types {
        names[type] = type
        categories[type] = category
      }
    }
    for type in additional.keys { names[type] = type }
    self.names = names
    ofPeople = Set(["page_view"] + (Self.known["learning"] ?? []))
    self.categories = categories
    self.allowsOthers = allowsOthers
  }

  public var all: [String] { categories.keys.sorted() }

  /// What `category` of an event may be.
  public static let categories = Words.categories.keys.sorted()

  private static let known: [String: [String]] = [
    "session": ["signup", "login", "logout", "heartbeat"],
    "ui": ["page_view", "project_create", "project_join", "user_invite", "xai"],
    "email": ["email_sent", "email_opened", "email_clicked"],
    "dataset": ["upload", "dataset_upload", "dataset_create", "dataset_share"],
    "training": [
      "training_started", "training_completed", "training_failed", "training_cancelled",
      "hyperparameter_tuning",
    ],
    "inference": [
      "image_generate_requested", "image_generate_succeeded", "image_generate_failed",
      "video_generate_requested", "video_generate_succeeded", "video_generate_failed",
      "chat", "rag_query", "token_usage",
      "inference", "test_run", "inference_completed", "inference_failed",
    ],
    "export": ["export", "export_completed", "export_failed"],
    "deployment": ["deployment"],
    "api": ["api_call"],
    "storage": ["storage_change"],
    "learning": [
      "video_play", "video_complete", "quiz_attempt", "quiz_complete", "lesson_start",
      "lesson_progress", "lesson_complete", "course_start", "course_complete",
    ],
  ]

  private static let aliases: [String: String] = [
    "user_login": "login", "user_logout": "logout", "user_registered": "signup",
    "pageview": "page_view", "rag": "rag_query", "chat_message": "chat", "file_upload": "upload",
    "dataset_uploaded": "dataset_upload", "training_canceled": "training_cancelled",
    "export_started": "export", "inference_started": "inference",
    "project_created": "project_create",
    "api_request": "api_call",
  ]
}
