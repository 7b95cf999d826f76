/// A view over built-in tables: a name that people know the rows by.
public struct BuiltInView: Sendable, Hashable {
  public let name: String
  public let summary: String
  public let query: String

  public init(_ name: String, _ summary: String, _ query: String) {
    self.name = name
    self.summary = summary
    self.query = query
  }

  public var definition: String { "CREATE OR REPLACE VIEW \(name) AS \(query)" }
}
