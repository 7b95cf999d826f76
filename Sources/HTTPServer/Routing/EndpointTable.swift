/// All endpoints of the service, found by path and method.
package struct EndpointTable: Sendable {
  package enum Match: Sendable {
    /// With the parts of the path that vary.
    case found(Endpoint, path: [String: Substring])
    /// The path is known, but not with this method; these there are.
    case wrongMethod([Endpoint.Method])
    case unknown
  }

  private struct Node: Sendable {
    var children: [String: Int] = [:]
    /// The child for any part, and what it is called.
    var variable: Int?
    var endpoints: [Endpoint.Method: Int] = [:]
  }

  package let endpoints: [Endpoint]
  private var nodes = [Node()]

  /// Two endpoints of one method and path, or a path whose parameters are not declared, are our own
  /// mistakes.
  package init(_ endpoints: [Endpoint]) {
    self.endpoints = endpoints
    for (index, endpoint) in endpoints.enumerated() {
      Self.check(endpoint)
      var node = 0
      for part in Self.parts(endpoint.path[...]) {
        node = Self.isVariable(part) ? variableChild(of: node) : child(of: node, String(part))
      }
      let previous = nodes[node].endpoints.updateValue(index, forKey: endpoint.method)
      precondition(previous == nil, "two endpoints are called \(endpoint.name)")
    }
  }

  /// `path` as it was sent. With and without a slash at its end it is the same, unless both are served.
  package func match(_ method: String, path: Substring) -> Match {
    let match = exactMatch(method, path: path)
    guard case .unknown = match, path.count > 1 else { return match }
    return exactMatch(method, path: path.last == "/" ? path.dropLast() : path + "/")
  }

  private func exactMatch(_ method: String, path: Substring) -> Match {
    var values: [Substring] = []
    guard let node = node(for: path, &values) else { return .unknown }
    let known = nodes[node].endpoints
    // Who asks for the head of an answer gets the head of GET's (RFC 9110 section 9.3.2).
    let name = method == "HEAD" ? "GET" : method
    guard let method = Endpoint.Method(rawValue: name), let index = known[method] else {
      return known.isEmpty
        ? .unknown : .wrongMethod(Endpoint.Method.allCases.filter { known[$0] != nil })
    }
    let endpoint = endpoints[index]
    let names = Self.parts(endpoint.path[...]).filter(Self.isVariable).map {
      String($0.dropFirst().dropLast())
    }
    return .found(
      endpoint, path: Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first }))
  }

  private func node(for path: Substring, _ values: inout [Substring]) -> Int? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    var node = 0
    for part in Self.parts(path) {
      if let next = nodes[node].children[String(part)] {
        node = next
      } else if let next = nodes[node].variable, !part.isEmpty {
        values.append(part)
        node = next
      } else {
        return nil
      }
    }
    return node
  }

  private static func parts(_ path: Substring) -> [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func isVariable(_ part: Substring) -> Bool {
    part.hasPrefix("{") && part.hasSuffix("}")
  }

  private mutating func child(of node: Int, _ part: String) -> Int {
    if let known = nodes[node].children[part] { return known }
    nodes.append(Node())
    nodes[node].children[part] = nodes.count - 1
    return nodes.count - 1
  }

  private mutating func variableChild(of node: Int) -> Int {
    if let known = nodes[node].variable { return known }
    nodes.append(Node())
    nodes[node].variable = nodes.count - 1
    return nodes.count - 1
  }

  private static func check(_ endpoint: Endpoint) {
    let variables = parts(endpoint.path[...]).filter(isVariable).map {
      String($0.dropFirst().dropLast())
    }
    let all = endpoint.allParameters
    let declared = all.filter { $0.place == .path }.map(\.name)
    precondition(
      variables.sorted() == declared.sorted(), "\(endpoint.name) declares other parts of its path")
    precondition(Set(all.map(\.name)).count == all.count, "\(endpoint.name) has a parameter twice")
    for parameter in all {
      precondition(
        parameter.fallback.map { parameter.argument([$0]) != nil } ?? true,
        "the default of \(parameter.name) in \(endpoint.name) is not allowed")
    }
    precondition(
      endpoint.body == nil || endpoint.method != .get, "\(endpoint.name) has a body")
  }
}
