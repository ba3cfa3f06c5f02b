"""What clients written for the earlier schema know: each type with its fields."""

__all__ = ["EARLIER"]

EARLIER = """
scalar UUID
scalar DateTime
scalar JSON

enum BoardRole { VIEWER EDITOR ADMIN }
enum BoardQueryRole { ANY OWNER MEMBER }
enum SortOrder { CREATED_ASC CREATED_DESC UPDATED_ASC UPDATED_DESC }
enum ArtifactType { IMAGE VIDEO AUDIO TEXT LORA MODEL }
enum GenerationStatus { PENDING PROCESSING COMPLETED FAILED CANCELLED }

type User {
  id: UUID! tenantId: UUID! authProvider: String! authSubject: String! email: String
  displayName: String avatarUrl: String createdAt: DateTime! updatedAt: DateTime!
  boards: [Board!]! memberBoards: [Board!]!
}
type Board {
  id: UUID! tenantId: UUID! ownerId: UUID! title: String! description: String isPublic: Boolean!
  settings: JSON! metadata: JSON! createdAt: DateTime! updatedAt: DateTime! owner: User!
  members: [BoardMember!]! generations(limit: Int = 50, offset: Int = 0): [Generation!]!
  generationCount: Int!
}
type BoardMember {
  id: UUID! boardId: UUID! userId: UUID! role: BoardRole! invitedBy: UUID joinedAt: DateTime!
  user: User! inviter: User
}
type Generation {
  id: UUID! tenantId: UUID! boardId: UUID! userId: UUID! generatorName: String!
  artifactType: ArtifactType! storageUrl: String thumbnailUrl: String
  additionalFiles: [AdditionalFile!]! inputParams: JSON! outputMetadata: JSON!
  externalJobId: String status: GenerationStatus! progress: Float! errorMessage: String
  startedAt: DateTime completedAt: DateTime createdAt: DateTime! updatedAt: DateTime!
  board: Board! user: User! inputArtifacts: [ArtifactLineage!]!
  ancestry(maxDepth: Int! = 25): AncestryNode! descendants(maxDepth: Int! = 25): DescendantNode!
  tags: [Tag!]!
}
type AdditionalFile { url: String! type: String! metadata: JSON! }
type ArtifactLineage {
  generationId: UUID! role: String! artifactType: ArtifactType! generation: Generation
}
type AncestryNode { generation: Generation! depth: Int! role: String parents: [AncestryNode!]! }
type DescendantNode {
  generation: Generation! depth: Int! role: String children: [DescendantNode!]!
}
type GeneratorInfo {
  name: String! description: String! artifactType: ArtifactType! inputSchema: JSON!
}
type Tag {
  id: UUID! tenantId: UUID! name: String! slug: String! description: String metadata: JSON!
  createdAt: DateTime! updatedAt: DateTime!
}

input CreateBoardInput {
  title: String! description: String isPublic: Boolean! = false settings: JSON
}
input UpdateBoardInput {
  id: UUID! title: String description: String isPublic: Boolean settings: JSON
}
input AddBoardMemberInput { boardId: UUID! userId: UUID! role: BoardRole! = VIEWER }
input CreateGenerationInput {
  boardId: UUID! generatorName: String! artifactType: ArtifactType! inputParams: JSON!
}
input UploadArtifactInput {
  boardId: UUID! artifactType: ArtifactType! fileUrl: String originalFilename: String
  userDescription: String parentGenerationId: UUID
}
input CreateTagInput { name: String! slug: String description: String metadata: JSON }
input UpdateTagInput { id: UUID! name: String slug: String description: String metadata: JSON }

type Query {
  me: User
  user(id: UUID!): User
  board(id: UUID!): Board
  myBoards(
    limit: Int = 50, offset: Int = 0, role: BoardQueryRole! = ANY, sort: SortOrder! = UPDATED_DESC
  ): [Board!]!
  publicBoards(limit: Int = 50, offset: Int = 0, sort: SortOrder! = UPDATED_DESC): [Board!]!
  searchBoards(query: String!, limit: Int = 50, offset: Int = 0): [Board!]!
  generation(id: UUID!): Generation
  recentGenerations(
    boardId: UUID, status: GenerationStatus, artifactType: ArtifactType,
    limit: Int = 50, offset: Int = 0
  ): [Generation!]!
  generators(artifactType: String): [GeneratorInfo!]!
  tags(limit: Int = 100, offset: Int = 0): [Tag!]!
  tag(id: UUID!): Tag
  tagBySlug(slug: String!): Tag
}
type Mutation {
  createBoard(input: CreateBoardInput!): Board!
  updateBoard(input: UpdateBoardInput!): Board!
  deleteBoard(id: UUID!): Boolean!
  addBoardMember(input: AddBoardMemberInput!): Board!
  removeBoardMember(boardId: UUID!, userId: UUID!): Board!
  updateBoardMemberRole(boardId: UUID!, userId: UUID!, role: BoardRole!): Board!
  createGeneration(input: CreateGenerationInput!): Generation!
  cancelGeneration(id: UUID!): Generation!
  deleteGeneration(id: UUID!): Boolean!
  regenerate(id: UUID!): Generation!
  uploadArtifact(input: UploadArtifactInput!): Generation!
  createTag(input: CreateTagInput!): Tag!
  updateTag(input: UpdateTagInput!): Tag!
  deleteTag(id: UUID!): Boolean!
  addTagToGeneration(generationId: UUID!, tagId: UUID!): Tag!
  removeTagFromGeneration(generationId: UUID!, tagId: UUID!): Boolean!
}
"""
