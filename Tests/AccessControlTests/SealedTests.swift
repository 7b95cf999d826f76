import AccessControl
import Testing

/// What must not be found anywhere.
private let planted = "ann.secret@example.org"

private func text(_ value: Any) -> [String] {
  var dumped = ""
  dump(value, to: &dumped)
  return [String(describing: value), String(reflecting: value), dumped, "\(value)"]
}

struct SealedTests {
  @Test func `a sealed value shows nothing, however it is asked and wherever it lies`() {
    let sealed = Sealed(
      planted, column: column("users.email"), organization: organization("acme"))
    let places: [Any] = [
      sealed, [sealed], ["key": sealed], Optional.some(sealed) as Any, (sealed, 1),
      Result<Sealed<String>, Never>.success(sealed), sealed.map { $0 + "!" },
      sealed.map { [$0, $0] },
    ]
    for place in places {
      for text in text(place) { #expect(!text.contains("secret")) }
    }
    #expect(Mirror(reflecting: sealed).children.isEmpty)
  }

  @Test func `a sealed value can be neither spelt, encoded, compared nor hashed`() {
    let sealed: Any = Sealed(planted, column: column("users.email"), organization: nil)
    #expect(!(sealed is any CustomStringConvertible))
    #expect(!(sealed is any CustomDebugStringConvertible))
    #expect(!(sealed is any Encodable))
    #expect(!(sealed is any Equatable))
    #expect(!(sealed is any Hashable))
    #expect(!(sealed is any TextOutputStreamable))
  }

  @Test func `a secret shows nothing, however it is asked and wherever it lies`() {
    let secret = Secret(planted)
    for place in [secret, [secret], (secret, 1), Optional.some(secret) as Any] as [Any] {
      for text in text(place) { #expect(!text.contains("ann.")) }
    }
    #expect("\(secret)" == Secret.mask)
    #expect(secret.expose() == Array(planted.utf8))
  }
}
