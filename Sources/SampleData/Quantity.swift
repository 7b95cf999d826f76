/// A random number of a sample. Names end in their unit.
enum Quantity: Int, CaseIterable {
  case sessionsPerThousandDays
  case lifetimeDays
  case actionsPerSession
  case pauseMilliseconds
  case burstPauseMilliseconds
  case callsPerBurst
  case pageLoadMilliseconds
  case requestMilliseconds
  case uploadMilliseconds
  case trainingMilliseconds
  case chatPromptTokens
  case searchPromptTokens
  case documentTokens
  case completionTokens
  case shortLifetimeDays
  case documentBytes
  case datasetKilobytes
  case checkpointKilobytes
  case feedbackDelayMilliseconds
  case resolutionMinutes
  case atlasLargeMilliseconds
  case atlasSmallMilliseconds
  case atlasMiniMilliseconds
  case novaPreviewMilliseconds
  case irisImageMilliseconds
  case irisSketchMilliseconds
  case reelVideoMilliseconds
  case emberEmbedMilliseconds

  enum Shape {
    /// Half the values lie below `median`, two thirds within a factor of e^`sigma` of it.
    case logNormal(median: Double, sigma: Double)
    /// A Pareto distribution cut at `most`: few users cause most of the activity.
    case power(least: Double, most: Double, exponent: Double)
    case exponential(mean: Double)
  }

  var shape: Shape {
    switch self {
    case .sessionsPerThousandDays: .power(least: 80, most: 6_000, exponent: 1.16)
    case .lifetimeDays: .exponential(mean: 300)
    case .actionsPerSession: .logNormal(median: 5, sigma: 0.7)
    case .pauseMilliseconds: .logNormal(median: 24_000, sigma: 1.1)
    case .burstPauseMilliseconds: .logNormal(median: 900, sigma: 0.8)
    case .callsPerBurst: .logNormal(median: 4, sigma: 0.5)
    case .pageLoadMilliseconds: .logNormal(median: 180, sigma: 0.5)
    case .requestMilliseconds: .logNormal(median: 45, sigma: 0.6)
    case .uploadMilliseconds: .logNormal(median: 1_400, sigma: 0.9)
    case .trainingMilliseconds: .logNormal(median: 720_000, sigma: 0.6)
    case .chatPromptTokens: .logNormal(median: 420, sigma: 0.9)
    case .searchPromptTokens: .logNormal(median: 1_800, sigma: 0.6)
    case .documentTokens: .logNormal(median: 3_000, sigma: 1)
    case .completionTokens: .logNormal(median: 260, sigma: 0.8)
    case .shortLifetimeDays: .exponential(mean: 24)
    case .documentBytes: .logNormal(median: 640_000, sigma: 1.3)
    case .datasetKilobytes: .logNormal(median: 42_000, sigma: 1.2)
    case .checkpointKilobytes: .logNormal(median: 380_000, sigma: 0.8)
    case .feedbackDelayMilliseconds: .logNormal(median: 24_000, sigma: 0.8)
    case .resolutionMinutes: .logNormal(median: 240, sigma: 1.3)
    case .atlasLargeMilliseconds: .logNormal(median: 2_600, sigma: 0.6)
    case .atlasSmallMilliseconds: .logNormal(median: 900, sigma: 0.5)
    case .atlasMiniMilliseconds: .logNormal(median: 380, sigma: 0.45)
    case .novaPreviewMilliseconds: .logNormal(median: 3_400, sigma: 0.7)
    case .irisImageMilliseconds: .logNormal(median: 6_500, sigma: 0.45)
    case .irisSketchMilliseconds: .logNormal(median: 2_100, sigma: 0.4)
    case .reelVideoMilliseconds: .logNormal(median: 48_000, sigma: 0.55)
    case .emberEmbedMilliseconds: .logNormal(median: 70, sigma: 0.4)
    }
  }
}
