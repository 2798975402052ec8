import { blocks, type Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Every image is pinned, so that a restarted task runs the reviewed image. */
export const latestImage: Rule = {
  name: "latest-image",
  types: ["aws_ecs_task_definition", "aws_codebuild_project", "aws_lambda_function"],
  check(resource) {
    const images = imagesOf(resource);
    return images === undefined
      ? [
          "container_definitions is not JSON before Terraform runs: write it with JSON.stringify, so that it can be checked",
        ]
      : images.filter(isFloating).map((image) => `image is "${image}": pin it to a version or a digest`);
  },
};

function imagesOf({ type, arguments: found }: Resource): string[] | undefined {
  switch (type) {
    case "aws_ecs_task_definition":
      return containerImages(String(found.container_definitions));
    case "aws_codebuild_project":
      return blocks(found.environment).map(({ image }) => String(image));
    default:
      return found.image_uri === undefined ? [] : [String(found.image_uri)];
  }
}

function containerImages(json: string): string[] | undefined {
  try {
    return (JSON.parse(json) as { image: string }[]).map(({ image }) => image);
  } catch {
    return undefined;
  }
}

/** An image without a tag or digest is the latest one. An image that ends in a reference cannot be checked here. */
function isFloating(image: string): boolean {
  const name = image.split("/").at(-1) ?? "";
  return /:latest$/.test(name) || !/[:@}]/.test(name);
}
