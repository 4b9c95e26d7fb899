/* Words of the page for reading only. */

#include "api/plain_words.h"

static const char *const words[][PLAIN_LANGUAGES] = {
    [WORD_RUN] = {"Run", "実行"},
    [WORD_QUEUED] = {"Queued", "待機中"},
    [WORD_RUNNING] = {"Running", "実行中"},
    [WORD_SUCCEEDED] = {"Succeeded", "成功"},
    [WORD_FAILED] = {"Failed", "失敗"},
    [WORD_CANCELED] = {"Canceled", "キャンセル済み"},
    [WORD_INSTRUCTION] = {"Instruction", "指示"},
    [WORD_MODEL] = {"Model", "モデル"},
    [WORD_DURATION] = {"Time", "時間"},
    [WORD_SECONDS] = {"s", "秒"},
    [WORD_TOKENS_IN] = {"Tokens read", "入力トークン"},
    [WORD_TOKENS_OUT] = {"Tokens written", "出力トークン"},
    [WORD_COST] = {"Cost", "費用"},
    [WORD_LINES] = {"Lines", "行"},
    [WORD_COMMIT] = {"Commit", "コミット"},
    [WORD_PULL] = {"Pull request", "プルリクエスト"},
    [WORD_SUMMARY] = {"Summary", "概要"},
    [WORD_ERROR] = {"Why it failed", "失敗の理由"},
    [WORD_FILES] = {"Files", "ファイル"},
    [WORD_FILE] = {"File", "ファイル"},
    [WORD_CHANGE] = {"Change", "変更"},
    [WORD_ADDED] = {"Added", "追加"},
    [WORD_REMOVED] = {"Removed", "削除"},
    [WORD_MORE_FILES] = {"The list ends here: there are more files.",
                         "ファイルが多いため、一覧はここまでです。"},
    [WORD_CHANGES] = {"Changes", "変更内容"},
    [WORD_NOTHING] = {"No file was changed.", "変更されたファイルはありません。"},
    [WORD_BINARY] = {"A binary file: its content is not shown.",
                     "バイナリファイルのため、内容は表示されません。"},
    [WORD_NO_LINES] = {"No lines to show.", "表示する行はありません。"},
    [WORD_CUT] = {"The change is too long for this page and is cut here.",
                  "変更が長いため、ここで省略されています。"},
    [WORD_GONE] = {"There is nothing here", "ここには何もありません"},
    [WORD_GONE_WHY] =
        {"The link is not valid, or not any more. Whoever sent it can make a new one.",
         "このリンクは無効か、期限が切れています。送った人が新しいリンクを作れます。"},
};

PlainLanguage plain_language(Scope *s, const char *accepted)
{
    if (!accepted)
        return PLAIN_ENGLISH;
    TextList parts = text_split(s, accepted, ',');
    EACH (const char *, part, &parts) {
        const char *tag = text_trim(s, *part);
        if (strncasecmp(tag, "ja", 2) == 0)
            return PLAIN_JAPANESE;
        if (strncasecmp(tag, "en", 2) == 0)
            return PLAIN_ENGLISH;
    }
    return PLAIN_ENGLISH;
}

const char *plain_language_tag(PlainLanguage language)
{
    return language == PLAIN_JAPANESE ? "ja" : "en";
}

const char *plain_word(PlainLanguage language, PlainWord word)
{
    return words[word][language];
}
