/// What a training or a model is written in.
public enum SampleFramework: UInt8, CaseIterable, Sendable {
  case pytorch
  case tensorflow
  case jax

  public var name: String {
    switch self {
    case .pytorch: "pytorch"
    case .tensorflow: "tensorflow"
    case .jax: "jax"
    }
  }
}

/// What bytes are stored as.
public enum SampleStorage: UInt8, CaseIterable, Sendable {
  case dataset
  case checkpoint
  case export

  public var name: String {
    switch self {
    case .dataset: "dataset"
    case .checkpoint: "checkpoint"
    case .export: "export"
    }
  }
}

/// A lesson of one of the platform's courses.
public struct SampleLesson: Sendable {
  public let course: String
  public let name: String

  public static let courses = [
    "first-steps", "prompting", "image-studio", "fine-tuning", "knowledge-base", "responsible-use",
  ]
  static let lessonsPerCourse = 5

  /// By course, then in the order in which they are taken.
  public static let all: [SampleLesson] = courses.flatMap { course in
    (1...lessonsPerCourse).map { SampleLesson(course: course, name: "\(course)-\($0)") }
  }
}

/// A browser on a device, as a session is used with it.
public struct SampleClient: Sendable {
  public let userAgent: String
  public let deviceType: String
  public let browser: String
  public let system: String

  /// The desktops first.
  public static let all: [SampleClient] = [
    SampleClient(
      userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/131.0.0.0 Safari/537.36",
      deviceType: "desktop", browser: "Chrome 131", system: "Windows 10"),
    SampleClient(
      userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        + "(KHTML, like Gecko) Version/18.1 Safari/605.1.15",
      deviceType: "desktop", browser: "Safari 18", system: "Mac OS X 10"),
    SampleClient(
      userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
      deviceType: "desktop", browser: "Firefox 133", system: "Linux"),
    SampleClient(
      userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
      deviceType: "desktop", browser: "Edge 131", system: "Windows 10"),
    SampleClient(
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
        + "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      deviceType: "mobile", browser: "Mobile Safari 18", system: "iOS 18"),
    SampleClient(
      userAgent: "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/131.0.0.0 Mobile Safari/537.36",
      deviceType: "mobile", browser: "Chrome Mobile 131", system: "Android 14"),
    SampleClient(
      userAgent: "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
        + "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      deviceType: "tablet", browser: "Mobile Safari 18", system: "iOS 18"),
  ]
  static let desktopCount = 4
}
