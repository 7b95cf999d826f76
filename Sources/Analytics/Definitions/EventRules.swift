/// What kinds of events there are, as conditions of SQL: each is written down once.
package enum EventRules {
  /// What counts as activity: an event with a user, but for mails sent to them, which are the platform's
  /// doing.
  package static let isActivity = "user_id IS NOT NULL AND event_type <> 'email_sent'"

  /// Records that only count the tokens of a request, which has an event of its own (C26).
  static let isTokenRecord = "event_type = 'token_usage'"
  static let isCountedActivity = "\(isActivity) AND NOT \(isTokenRecord)"

  /// What is asked for or begun, and what is over at once. Ends of what another event began are no
  /// requests of their own (C27), nor are token records (C26).
  static let isBegun = """
    event_type NOT IN ('token_usage', 'image_generate_succeeded', 'image_generate_failed', \
    'video_generate_succeeded', 'video_generate_failed', 'training_completed', 'training_failed', \
    'training_cancelled', 'inference_completed', 'inference_failed', 'export_completed', \
    'export_failed', 'video_complete', 'quiz_complete', 'lesson_progress', 'lesson_complete', \
    'course_complete', 'email_opened', 'email_clicked')
    """

  /// A use of a feature, counted where it is asked for. To look at a page is none, nor to be there; and bytes
  /// are booked beside the upload that they belong to.
  static let isFeatureUse = """
    feature IS NOT NULL AND \(isBegun) AND event_type NOT IN ('page_view', 'login', 'logout', \
    'heartbeat', 'storage_change')
    """

  /// Requests to models that have come to an end, well or not, once each.
  static let isModelRequest = """
    (event_type IN ('image_generate_succeeded', 'image_generate_failed', \
    'video_generate_succeeded', 'video_generate_failed', 'inference_completed', \
    'inference_failed', 'test_run', 'chat', 'rag_query') \
    OR status IN ('succeeded', 'failed') AND (event_type = 'inference' OR model IS NOT NULL AND \
    event_type NOT IN ('token_usage', 'image_generate_requested', 'video_generate_requested')))
    """

  static let activePeople = "count(DISTINCT user_id) FILTER (WHERE \(isActivity))"

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

  /// What ends a request that another event began.
  static let requestEnded = """
    event_type IN ('image_generate_succeeded', 'video_generate_succeeded', \
    'image_generate_failed', 'video_generate_failed', 'inference_completed', 'inference_failed')
    """

  package static let isError = "(status = 'failed' OR error_code IS NOT NULL OR status_code >= 400)"
  package static let hasOutcome =
    "(status IS NOT NULL OR error_code IS NOT NULL OR status_code IS NOT NULL)"
  static let errorCode = "coalesce(error_code, 'http_' || status_code::text, 'unknown')"

  static let isCall = "event_type = 'api_call'"
  /// Also the end of what another request began, where it says a path or a status.
  static let isRequest = "(status_code IS NOT NULL OR endpoint IS NOT NULL)"
  static let isRequestBegun = "\(isRequest) AND \(isBegun)"

  static let trainingEnded = "event_type IN ('training_completed', 'training_failed')"

  /// How long a new person has for the first generation.
  static let activationDays = 7
}
