public import AccessControl

/// Where messages are sent, and how often that is tried.
public struct WebhookSettings: Sendable {
  public let url: String
  /// What messages are signed with.
  public let secret: Secret
  /// Of one attempt.
  public var timeout = Duration.seconds(10)
  public var largestAttemptCount = 8
  public var firstDelay = Duration.seconds(1)
  public var longestDelay = Duration.seconds(300)
  /// Messages that may wait; more are dropped and counted.
  public var capacity = 1_000

  public init(url: String, secret: Secret) throws(WebhookSettingsError) {
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https", url.dropFirst(scheme.count).hasPrefix("://"),
      url.utf8.count > scheme.utf8.count + 3, url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
      !url.contains("#"), !url.contains("@")
    else {
      throw WebhookSettingsError(
        description: "the URL of a webhook must be as https://hooks.example.org/daybook")
    }
    guard secret.byteCount >= 16 else {
      throw WebhookSettingsError(description: "the secret of a webhook needs 16 bytes")
    }
    self.url = url
    self.secret = secret
  }
}

/// It shows neither URL nor secret.
public struct WebhookSettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
}

/// Clock and chance of a webhook.
public struct WebhookEnvironment: Sendable {
  public var now: @Sendable () -> UnixTime
  public var sleep: @Sendable (Duration) async throws -> Void
  public var random: @Sendable () -> UInt64

  public init(
    now: @escaping @Sendable () -> UnixTime,
    random: @escaping @Sendable () -> UInt64,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.now = now
    self.random = random
    self.sleep = sleep
  }
}
