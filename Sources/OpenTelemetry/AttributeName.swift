/// The attributes that are read, by their names in the semantic conventions 1.41.0 and by those that they
/// had before, or that common libraries use instead. `Documentation/opentelemetry.md` has the table.
enum AttributeName: Sendable {
  case operation, requestModel, responseModel, provider, outputType, conversation, finishReasons
  case inputTokens, outputTokens, cachedTokens, reasoningTokens, cost, temperature
  case user, session, errorType
  case route, method, statusCode
  case eventName, recordID, service
  /// What people wrote or read, or a secret: dropped and counted.
  case content

  private static let names: [String: AttributeName] = [
    "gen_ai.operation.name": .operation,
    "gen_ai.request.model": .requestModel,
    "gen_ai.response.model": .responseModel,
    "gen_ai.provider.name": .provider, "gen_ai.system": .provider,
    "gen_ai.output.type": .outputType, "gen_ai.openai.request.response_format": .outputType,
    "gen_ai.conversation.id": .conversation,
    "gen_ai.response.finish_reasons": .finishReasons,
    "gen_ai.response.finish_reason": .finishReasons,
    "gen_ai.usage.input_tokens": .inputTokens, "gen_ai.usage.prompt_tokens": .inputTokens,
    "gen_ai.usage.output_tokens": .outputTokens, "gen_ai.usage.completion_tokens": .outputTokens,
    "gen_ai.usage.cache_read.input_tokens": .cachedTokens,
    "gen_ai.usage.cached_tokens": .cachedTokens,
    "gen_ai.usage.reasoning.output_tokens": .reasoningTokens,
    "gen_ai.usage.reasoning_tokens": .reasoningTokens,
    "gen_ai.usage.cost": .cost,
    "gen_ai.request.temperature": .temperature,
    "user.id": .user, "enduser.id": .user, "enduser.pseudo.id": .user,
    "session.id": .session,
    "error.type": .errorType,
    "http.route": .route,
    "http.request.method": .method, "http.method": .method,
    "http.response.status_code": .statusCode, "http.status_code": .statusCode,
    "event.name": .eventName,
    "log.record.uid": .recordID,
    "service.name": .service,
    "gen_ai.input.messages": .content, "gen_ai.output.messages": .content,
    "gen_ai.system_instructions": .content, "gen_ai.tool.definitions": .content,
    "gen_ai.tool.call.arguments": .content, "gen_ai.tool.call.result": .content,
    "gen_ai.retrieval.documents": .content, "gen_ai.retrieval.query.text": .content,
    "gen_ai.prompt": .content, "gen_ai.completion": .content,
    "gen_ai.content.prompt": .content, "gen_ai.content.completion": .content,
    "llm.prompts": .content, "llm.completions": .content, "input.value": .content,
    "output.value": .content, "llm.input_messages": .content, "llm.output_messages": .content,
    "url.full": .content, "url.query": .content, "http.url": .content, "http.target": .content,
    "enduser.credential": .content, "user.email": .content, "user.full_name": .content,
    "user.name": .content, "client.address": .content, "user_agent.original": .content,
  ]

  /// One attribute for each message, header and so on.
  private static let contentPrefixes = [
    "gen_ai.prompt.", "gen_ai.completion.", "llm.prompts.", "llm.completions.",
    "llm.input_messages.", "llm.output_messages.", "http.request.header.", "http.response.header.",
  ]

  /// `nil`: it is not read.
  init?(_ name: String) {
    if let known = Self.names[name] {
      self = known
    } else if Self.contentPrefixes.contains(where: { name.hasPrefix($0) }) {
      self = .content
    } else {
      return nil
    }
  }

  /// Attributes that begin so set a field of the record themselves: `daybook.feature`.
  static let ownPrefix = "daybook."
  static let metadataPrefix = "daybook.metadata."
}
