/// Bytes that may be used and never shown: keys and passwords of the configuration.
///
/// They are held by a closure, which no mirror looks into.
public struct Secret: Sendable {
  private let give: @Sendable () -> [UInt8]

  public init(_ bytes: [UInt8]) { give = { bytes } }

  public init(_ text: String) { self.init(Array(text.utf8)) }

  public var byteCount: Int { give().count }

  /// For whoever computes with it, or shows it once to its owner.
  public func expose() -> [UInt8] { give() }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public static let mask = "(secret)"
  public var description: String { Self.mask }
  public var debugDescription: String { Self.mask }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
