"""Lambda's context object, as far as any of the handlers uses it."""


class Context:
    """An invocation with time left."""

    aws_request_id = "benchmark"
    function_name = memory_limit_in_mb = invoked_function_arn = "benchmark"

    def get_remaining_time_in_millis(self) -> int:
        """Say that there is time."""
        return 30_000
