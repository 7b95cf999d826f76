/// What a model's tokens cost, in micro-dollars per 1,000,000 tokens.
public struct TokenPrice: Hashable, Sendable {
  public var prompt: Int64
  public var completion: Int64
  /// Of the prompt's tokens that came from a cache; `nil`: as the others.
  public var cached: Int64?
  /// Of the completion's tokens that were reasoning; `nil`: as the others.
  public var reasoning: Int64?

  public init(prompt: Int64, completion: Int64, cached: Int64? = nil, reasoning: Int64? = nil) {
    self.prompt = prompt
    self.completion = completion
    self.cached = cached
    self.reasoning = reasoning
  }

  /// What these tokens cost, to the nearest micro-dollar, half of one upwards: rounded once.
  ///
  /// `nil` where it cannot be told: only the total is known, and prompt and completion differ in
  /// price. Counts are at most 10^9 each and prices at most `Price.largestAmount`, so nothing
  /// overflows.
  public func microdollars(for tokens: TokenCounts) -> Int64? {
    guard tokens.isSplit || prompt == completion else { return nil }
    let cachedCount = min(tokens.cached, tokens.prompt)
    let reasoningCount = min(tokens.reasoning, tokens.completion)
    let sum =
      (tokens.prompt - cachedCount) * prompt + cachedCount * (cached ?? prompt)
      + (tokens.completion - reasoningCount) * completion
      + reasoningCount * (reasoning ?? completion)
    return (sum + 500_000) / 1_000_000
  }
}

/// The tokens of one request. Cached ones are among the prompt's, reasoning among the completion's.
public struct TokenCounts: Sendable, Equatable {
  public var prompt: Int64
  public var completion: Int64
  public var cached: Int64
  public var reasoning: Int64
  /// False where only the total is known, which stands as `prompt` then.
  public var isSplit: Bool

  /// Of what was sent; a part that is missing is the rest of the total. `nil`: no tokens were sent.
  public init?(
    prompt: Int64?, completion: Int64?, total: Int64?, cached: Int64? = nil,
    reasoning: Int64? = nil
  ) {
    self.cached = cached ?? 0
    self.reasoning = reasoning ?? 0
    isSplit = true
    switch (prompt, completion, total) {
    case (let prompt?, let completion?, _):
      (self.prompt, self.completion) = (prompt, completion)
    case (let prompt?, nil, let total):
      (self.prompt, self.completion) = (prompt, max(0, (total ?? prompt) - prompt))
    case (nil, let completion?, let total):
      (self.prompt, self.completion) = (max(0, (total ?? completion) - completion), completion)
    case (nil, nil, let total?):
      (self.prompt, self.completion) = (total, 0)
      isSplit = total == 0
    case (nil, nil, nil): return nil
    }
  }
}

extension Resource {
  /// What so many seconds of a GPU cost at a rate per hour, to the nearest micro-dollar.
  public static func microdollars(gpuSeconds: Double, rate: Int64) -> Int64 {
    Int64((gpuSeconds * Double(rate) / 3600).rounded())
  }

  /// What one request costs at a rate per 1,000.
  public static func microdollars(perRequestAt rate: Int64) -> Int64 { (rate + 500) / 1000 }
}
