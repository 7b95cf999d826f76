/// What kinds of events there are, as conditions of SQL: each is written down once.
package enum EventRules {
  /// What counts as activity: an event with a user, but for mails sent to them, which are the platform's
  /// doing.
  package static let isActivity = "user_id IS NOT NULL AND event_type <> 'email_sent'"

  /// A generation is an image or a video.
  static let generated = "event_type IN ('image_generate_succeeded', 'video_generate_succeeded')"
  static let generationFailed = "event_type IN ('image_generate_failed', 'video_generate_failed')"
  static let generationRequested =
    "event_type IN ('image_generate_requested', 'video_generate_requested')"
  static let imageRequested = "event_type = 'image_generate_requested'"
  static let videoRequested = "event_type = 'video_generate_requested'"
  /// Requests that are still running are not counted.
  static let generationEnded = """
    event_type IN ('image_generate_succeeded', 'video_generate_succeeded', \
    'image_generate_failed', 'video_generate_failed')
    """

  package static let isError = "(status = 'failed' OR error_code IS NOT NULL OR status_code >= 400)"
  package static let hasOutcome =
    "(status IS NOT NULL OR error_code IS NOT NULL OR status_code IS NOT NULL)"
  static let errorCode = "coalesce(error_code, 'http_' || status_code::text, 'unknown')"

  static let isCall = "event_type = 'api_call'"
  static let isRequest = "(status_code IS NOT NULL OR endpoint IS NOT NULL)"

  static let trainingEnded = "event_type IN ('training_completed', 'training_failed')"

  /// How long a new person has for the first generation.
  static let activationDays = 7
}
