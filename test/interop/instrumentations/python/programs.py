"""What the agents do. Each call is answered, and billed, by the provider stub."""

import asyncio

MODEL = "gpt-5.2"
CLAUDE = "claude-sonnet-4-5"
ASK = [{"role": "user", "content": "Where is the refund of order 4711?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Finds an order",
        "parameters": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
    },
}


def say(text):
    return [{"role": "user", "content": text}]


def openai(_url):
    from openai import OpenAI

    client = OpenAI()
    client.chat.completions.create(model=MODEL, messages=ASK)
    client.chat.completions.create(model=MODEL, messages=ASK, tools=[TOOL])
    for _ in client.chat.completions.create(
        model=MODEL, messages=ASK, stream=True, stream_options={"include_usage": True}
    ):
        pass
    client.responses.create(model=MODEL, input="Where is the refund?")
    client.embeddings.create(model="text-embedding-3-small", input="refund of order 4711")
    client.chat.completions.create(model=MODEL, messages=ASK, service_tier="priority")
    for _ in client.responses.create(model=MODEL, input="Where is the refund?", stream=True):
        pass


def openai_at_once(_url):
    """Calls of the same usage in parallel: as many charges as calls, not one."""
    from openai import AsyncOpenAI

    async def run():
        client = AsyncOpenAI()
        await asyncio.gather(
            *(client.embeddings.create(model="text-embedding-3-small", input="the same") for _ in range(4))
        )

    asyncio.run(run())


def openai_troubled(_url):
    from openai import InternalServerError, OpenAI

    # The client tries again by itself: one answer, one charge.
    client = OpenAI()
    client.chat.completions.create(model=MODEL, messages=say("[429 once] Where is the refund?"))

    # The program tries again by itself: a failed call without usage, then one that is answered.
    try:
        OpenAI(max_retries=0).chat.completions.create(model=MODEL, messages=say("[500] Where is the refund?"))
        raise AssertionError("the stub answered")
    except InternalServerError:
        client.chat.completions.create(model=MODEL, messages=ASK)

    # A stream that was not asked to tell its usage.
    for _ in client.chat.completions.create(model=MODEL, messages=ASK, stream=True):
        pass

    # A stream that is left before its end, where the usage stands.
    with client.chat.completions.create(
        model=MODEL, messages=say("[cut] Go on"), stream=True, stream_options={"include_usage": True}
    ) as stream:
        for seen, _ in enumerate(stream):
            if seen == 2:
                break


def anthropic(_url):
    from anthropic import Anthropic

    client = Anthropic()
    ask = {"model": CLAUDE, "max_tokens": 512, "messages": ASK}
    client.messages.create(**ask)
    for _ in client.messages.create(**ask, stream=True):
        pass
    with client.messages.stream(**ask) as stream:
        stream.get_final_message()
    client.messages.create(**{**ask, "messages": say("[1h] Where is the refund?")})


def anthropic_cut(_url):
    from anthropic import Anthropic

    with Anthropic().messages.create(
        model=CLAUDE, max_tokens=512, messages=say("[cut] Go on"), stream=True
    ) as stream:
        for seen, _ in enumerate(stream):
            if seen == 2:
                break


def langchain(_url):
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    prompt = ChatPromptTemplate.from_messages([("human", "{question}")])
    chain = prompt | ChatOpenAI(model=MODEL, stream_usage=True) | StrOutputParser()
    chain.invoke({"question": "Where is the refund?"})
    for _ in chain.stream({"question": "Where is the refund?"}):
        pass
    OpenAIEmbeddings(model="text-embedding-3-small", check_embedding_ctx_length=False).embed_query("refund")


def pydantic_ai(_url):
    from pydantic_ai import Agent

    for model in (f"openai-chat:{MODEL}", f"anthropic:{CLAUDE}"):
        agent = Agent(model, name="refund_desk", instructions="Be brief")

        @agent.tool_plain
        def find_order(order: str) -> str:
            return f"order {order}: refunded"

        agent.run_sync("Where is the refund of order 4711?")


def litellm(url):
    import litellm

    litellm.completion(model=f"openai/{MODEL}", messages=ASK, api_base=f"{url}/v1")
    for _ in litellm.completion(
        model=f"openai/{MODEL}",
        messages=ASK,
        api_base=f"{url}/v1",
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass
    litellm.completion(model=f"anthropic/{CLAUDE}", messages=ASK, api_base=f"{url}/v1/messages")
    # The callback is called on a thread of its own.
    import time

    time.sleep(1)


def openai_agents(_url):
    from agents import Agent, Runner, function_tool

    @function_tool
    def find_order(order: str) -> str:
        """Finds an order"""
        return f"order {order}: refunded"

    agent = Agent(name="refund_desk", model=MODEL, instructions="Be brief", tools=[find_order])
    Runner.run_sync(agent, "Where is the refund of order 4711?")


def strands_agent(**more):
    from strands import Agent, tool
    from strands.models.openai import OpenAIModel

    @tool
    def find_order(order: str) -> str:
        """Finds an order"""
        return f"order {order}: refunded"

    return Agent(model=OpenAIModel(model_id=MODEL), tools=[find_order], callback_handler=None, **more)


def strands(_url):
    agent = strands_agent()
    agent("Where is the refund of order 4711?")
    agent("And that of order 4712?")


def strands_session(_url):
    """One agent serves a conversation, then one that is made anew goes on with it."""
    session = {"session.id": "session-4711"}
    agent = strands_agent(trace_attributes=session)
    agent("Where is the refund of order 4711?")
    agent("And that of order 4712?")
    strands_agent(trace_attributes=session)("Thank you.")


def google_genai(url):
    from google import genai
    from google.genai import types

    client = genai.Client(api_key="stub", http_options=types.HttpOptions(base_url=url))
    client.models.generate_content(model="gemini-2.5-flash", contents="Where is the refund?")
    for _ in client.models.generate_content_stream(model="gemini-2.5-flash", contents="Where is the refund?"):
        pass
