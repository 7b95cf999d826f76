/// The invented models of the platform, with what they cost and how they behave.
public enum SampleModel: UInt8, CaseIterable, Sendable {
  // Text, in the order of `Choice.chatModel`.
  case atlasLarge
  case atlasSmall
  case atlasMini
  /// On trial: nobody has set a price yet.
  case novaPreview
  // Pictures, in the order of `Choice.imageModel`.
  case irisImage
  case irisSketch
  case reelVideo
  case emberEmbed

  public var name: String {
    switch self {
    case .atlasLarge: "atlas-large"
    case .atlasSmall: "atlas-small"
    case .atlasMini: "atlas-mini"
    case .novaPreview: "nova-preview"
    case .irisImage: "iris-image"
    case .irisSketch: "iris-sketch"
    case .reelVideo: "reel-video"
    case .emberEmbed: "ember-embed"
    }
  }

  static let text: [SampleModel] = [.atlasLarge, .atlasSmall, .atlasMini, .novaPreview]
  static let pictures: [SampleModel] = [.irisImage, .irisSketch]

  /// What is charged, in whole micro-dollars.
  public struct Price: Equatable, Sendable {
    public var perMillionPromptTokens: Int64
    public var perMillionCompletionTokens: Int64
    public var perItem: Int64
  }

  /// Whether it has a price; requests to others have no cost.
  public var isPriced: Bool { self != .novaPreview }

  public var price: Price {
    switch self {
    case .atlasLarge: .tokens(prompt: 2_500_000, completion: 10_000_000)
    case .atlasSmall: .tokens(prompt: 400_000, completion: 1_600_000)
    case .atlasMini: .tokens(prompt: 100_000, completion: 400_000)
    case .novaPreview: .tokens(prompt: 0, completion: 0)
    case .irisImage: .item(40_000)
    case .irisSketch: .item(8_000)
    case .reelVideo: .item(350_000)
    case .emberEmbed: .tokens(prompt: 20_000, completion: 0)
    }
  }

  var latency: Quantity {
    switch self {
    case .atlasLarge: .atlasLargeMilliseconds
    case .atlasSmall: .atlasSmallMilliseconds
    case .atlasMini: .atlasMiniMilliseconds
    case .novaPreview: .novaPreviewMilliseconds
    case .irisImage: .irisImageMilliseconds
    case .irisSketch: .irisSketchMilliseconds
    case .reelVideo: .reelVideoMilliseconds
    case .emberEmbed: .emberEmbedMilliseconds
    }
  }

  /// The median of what it takes.
  var usualMilliseconds: Int {
    guard case .logNormal(let median, _) = latency.shape else { return 0 }
    return Int(median)
  }

  /// How many of 1000 requests fail on an ordinary day.
  var failuresPerThousand: Int {
    switch self {
    case .atlasLarge: 21
    case .atlasSmall: 12
    case .atlasMini: 8
    case .novaPreview: 38
    case .irisImage: 34
    case .irisSketch: 18
    case .reelVideo: 72
    case .emberEmbed: 4
    }
  }

  /// When the platform gives up waiting for it.
  var timeoutMilliseconds: Int {
    switch self {
    case .atlasLarge, .atlasSmall, .atlasMini, .novaPreview: 30_000
    case .irisImage, .irisSketch: 60_000
    case .reelVideo: 300_000
    case .emberEmbed: 5_000
    }
  }
}

extension SampleModel.Price {
  static func tokens(prompt: Int64, completion: Int64) -> Self {
    Self(perMillionPromptTokens: prompt, perMillionCompletionTokens: completion, perItem: 0)
  }

  static func item(_ price: Int64) -> Self {
    Self(perMillionPromptTokens: 0, perMillionCompletionTokens: 0, perItem: price)
  }

  /// The exact price of one request, rounded half up to a micro-dollar.
  public func microdollars(for tokens: SampleEvent.Tokens?) -> Int64 {
    guard let tokens else { return perItem }
    let exact =
      Int64(tokens.prompt) * perMillionPromptTokens
      + Int64(tokens.completion) * perMillionCompletionTokens
    return perItem + (exact + 500_000) / 1_000_000
  }
}
