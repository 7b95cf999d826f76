internal import ColumnStore
internal import SampleData

/// The texts that rows of a sample choose from, each in the order of its positions: pools that all
/// batches share, so that a table translates each text once.
struct SampleVocabulary: Sendable {
  let users: TextPool
  let organizations: TextPool
  /// Those that were there before the sample.
  let projects: TextPool
  let userCountries: [UInt8]
  let userAddresses: [UInt16]

  let types = pool(SampleEventType.allCases.map(\.name))
  let categories: TextPool
  let categoryOfType: [UInt32]
  let features = pool(SampleFeature.allCases.map(\.name))
  let models = pool(SampleModel.allCases.map(\.name))
  let statuses = pool(SampleStatus.allCases.map(\.name))
  let errorCodes = pool(SampleErrorCode.allCases.map(\.name))
  let endpoints = pool(SampleEndpoint.allCases.map(\.path))
  let methods = pool(["GET", "POST"])
  let isGet = SampleEndpoint.allCases.map { $0.method == "GET" }
  let frameworks = pool(SampleFramework.allCases.map(\.name))
  let storages = pool(SampleStorage.allCases.map(\.name))
  let countries = pool(SampleGenerator.countries)
  let addresses = pool(SampleGenerator.addresses)
  let userAgents = pool(SampleClient.all.map(\.userAgent))
  let devices = pool(SampleClient.all.map(\.deviceType))
  let browsers = pool(SampleClient.all.map(\.browser))
  let systems = pool(SampleClient.all.map(\.system))
  let courses = pool(SampleLesson.courses)
  let courseOfLesson: [UInt32]
  let finishReasons = pool(["stop", "length", "content_filter"])
  let costSources = pool(["model_price", "resource_rate"])
  let mimeTypes = pool([
    "application/pdf", "text/csv", "image/png", "text/plain", "application/json", "video/mp4",
  ])
  let scores = pool((0...100).map { "{\"score\":\($0)}" })
  let resourceTypes = pool(ResourceKind.allCases.map(\.rawValue))
  let resourceOfType = SampleEventType.allCases.map { ResourceKind($0) }
  let threatTypes = pool(SampleThreatType.allCases.map(\.name))
  let threatMeanings = pool(SampleThreatType.allCases.map(\.meaning))
  let severities = pool(SampleSeverity.allCases.map(\.name))
  let marker = pool([SampleRecord.emitterKey])
  let ratingKind = pool(["rating"])

  init(_ generator: SampleGenerator) {
    let people = 0..<generator.userCount
    users = Self.pool(people.map(SampleGenerator.userIdentifier))
    userCountries = people.map { UInt8(truncatingIfNeeded: generator.country(ofUser: $0)) }
    userAddresses = people.map { SampleGenerator.address(ofUser: $0) }
    organizations = Self.pool(
      (0..<generator.organizationCount).map(SampleGenerator.organizationIdentifier))
    projects = Self.pool((0..<generator.projectCount).map(SampleGenerator.projectIdentifier))
    let names = SampleEventType.allCases.map(\.category)
    let distinct = Array(Set(names)).sorted()
    categories = Self.pool(distinct)
    categoryOfType = names.map { UInt32(distinct.firstIndex(of: $0) ?? 0) }
    courseOfLesson = SampleLesson.all.map {
      UInt32(SampleLesson.courses.firstIndex(of: $0.course) ?? 0)
    }
  }

  static func pool(_ texts: [String]) -> TextPool {
    let pool = TextPool()
    for text in texts { pool.append(text) }
    return pool
  }
}

/// What an event was done to.
enum ResourceKind: String, CaseIterable {
  case image, video, project, dataset
  case trainingJob = "training_job"
  case export, deployment, lesson

  init?(_ type: SampleEventType) {
    switch type {
    case .imageGenerateRequested, .imageGenerateSucceeded, .imageGenerateFailed: self = .image
    case .videoGenerateRequested, .videoGenerateSucceeded, .videoGenerateFailed: self = .video
    case .projectCreate: self = .project
    case .upload, .datasetCreate, .datasetUpload: self = .dataset
    case .trainingStarted, .trainingCompleted, .trainingFailed, .trainingCancelled:
      self =
        .trainingJob
    case .export: self = .export
    case .deployment: self = .deployment
    case .courseStart, .videoPlay, .quizAttempt, .lessonComplete, .courseComplete: self = .lesson
    default: return nil
    }
  }

  /// Before its identifier.
  var letter: UInt8 {
    switch self {
    case .image: UInt8(ascii: "i")
    case .video: UInt8(ascii: "v")
    case .project: UInt8(ascii: "p")
    case .dataset: UInt8(ascii: "d")
    case .trainingJob: UInt8(ascii: "j")
    case .export: UInt8(ascii: "x")
    case .deployment: UInt8(ascii: "y")
    case .lesson: UInt8(ascii: "l")
    }
  }
}
